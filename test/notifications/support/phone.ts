import { randomUUID } from 'node:crypto'
import type { Person } from '../../support/person.ts'
import type { World } from '../../support/world.ts'

export interface Push {
  readonly data: Readonly<Record<string, string>>
  readonly message: unknown
}

/** The push messages one phone has had; with `after`, waits until there is one more than that. */
export async function pushesTo({ env }: World, token: string, after?: number): Promise<Push[]> {
  const query = new URLSearchParams({ token, ...(after !== undefined && { after: String(after), waitMs: '10000' }) })
  const response = await fetch(`${env.FIREBASE_ENDPOINT}/local/messages?${query}`)
  const found = (await response.json()) as Push[]
  if (after !== undefined && found.length <= after) throw new Error(`Nothing more was pushed to ${token}`)
  return found
}

/** Registers a phone of a person; what its token begins with decides how Firebase treats it. */
export async function registerPhone(person: Person, kind = 'phone'): Promise<string> {
  const token = `${kind}-${randomUUID()}`
  await person.call('device:register', { token, platform: 'android' })
  return token
}
