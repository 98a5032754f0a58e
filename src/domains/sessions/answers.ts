/** What answers a challenge: derived from its id with a key, so kept nowhere. */
import { timingSafeEqual } from 'node:crypto'
import type { Vault } from '../../kernel/ports.ts'
import type { Contact } from '../accounts/contact.ts'
import type { Challenge, ChallengeId } from './model.ts'

const CODE_DIGITS = 6
export const CODE = new RegExp(`^\\d{${CODE_DIGITS}}$`)

/** What a text message carries. */
export const codeOf = (vault: Vault, id: ChallengeId) => vault.code(id, CODE_DIGITS)

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
export const LINK_TOKEN = new RegExp(`^lt1\\.(${UUID})\\.([A-Za-z0-9_-]{43})$`)

/** What a link carries. */
export const linkTokenOf = (vault: Vault, id: ChallengeId) => `lt1.${id}.${vault.proof(`link ${id}`)}`

/** The challenge a link is for. */
export const challengeIn = (token: string) => LINK_TOKEN.exec(token)?.[1] as ChallengeId

/** Compares in constant time. */
export const same = (given: string, expected: string) =>
  given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected))

/** What the address of a challenge is sealed for. */
export const placeOf = (id: ChallengeId) => `challenges.address|${id}`

/** Where a challenge was sent. */
export const contactOf = (vault: Vault, { id, channel, addressSealed }: Challenge): Contact => ({
  kind: channel,
  value: vault.open(placeOf(id), addressSealed),
})
