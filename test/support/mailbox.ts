import { randomUUID } from 'node:crypto'
import { createClient, memoryStore, type Client } from '../../client/index.ts'
import { linkSentTo } from './inbox.ts'
import { personOf, type Person } from './person.ts'
import type { World } from './world.ts'

type Reach = Pick<World, 'urls' | 'env'>

/** A mailbox that no other test uses. */
export const newMailbox = () => `${randomUUID()}@mail.example`

/** Has a sign-in link sent to a mailbox, as somebody spells it; answers its token. */
export async function requestLink(world: Reach, client: Client, email: string, spelling = email): Promise<string> {
  const [, token] = await linkSentTo(world, email, () => client.auth.requestLink(spelling))
  return token
}

/** Signs somebody up by mail, and connects them. Close the client after. */
export async function signUpByMail(world: Reach, name: string, email = newMailbox()): Promise<Person> {
  const client = createClient({ url: world.urls[0], store: memoryStore() })
  const tokens = await client.auth.signInByLink({ token: await requestLink(world, client, email) })
  await client.connect()
  return personOf({ name, client, phone: '', tokens })
}

/** Proves a mailbox that is to be a person’s; answers when it is theirs. */
export async function proveMailbox(world: Reach, person: Person, email = newMailbox()) {
  const [, token] = await linkSentTo(world, email, () => person.call('email:change', { email }))
  return person.call('email:confirm', { token })
}
