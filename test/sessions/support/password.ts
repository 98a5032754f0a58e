import { proveMailbox } from '../../support/mailbox.ts'
import type { Person } from '../../support/person.ts'
import type { World } from '../../support/world.ts'
import { post, type AppTokens } from './phone.ts'

export const PASSWORD = 'a quite long password'

/** Gives a person a password they had none of, and a mailbox if they had none. */
export async function givePassword(world: World, person: Person, password = PASSWORD): Promise<void> {
  const { email } = await person.call('account:get', {})
  if (email === null) await proveMailbox(world, person)
  await person.call('password:set', { password })
}

interface Attempt {
  readonly login: string
  readonly password?: string
  readonly deviceToken?: string
  /** Which address it comes from, behind one trusted proxy. */
  readonly from?: string
}

/** Tries to sign in with a password, on either node. */
export async function tryPassword({ urls }: World, { from, password = PASSWORD, ...rest }: Attempt, node: 0 | 1 = 0) {
  const headers = { ...(from && { 'x-forwarded-for': from }) }
  return post<AppTokens>(urls[node], '/v1/auth/password', { password, ...rest }, undefined, headers)
}

/** As if the last guess at any password had been so many seconds ago. */
export const ageGuesses = ({ db }: World, seconds: number) =>
  db('password_guesses').update({ tried_at: new Date(Date.now() - seconds * 1000) })
