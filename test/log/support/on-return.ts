import type { Person } from '../../support/person.ts'
import { openDevice } from './device.ts'

/** What somebody who was away since `cursor` hears on their return, on the given node: the texts, and what tells of it. */
export async function onReturn(
  person: Person,
  cursor: string | null,
  url: string,
  rooms: { kind: string; id: string }[] = [],
) {
  const token = (await person.client.auth.accessToken()) as string
  using device = openDevice(url, { token, cursor, rooms })
  const { recovered } = await device.ready
  const texts = (await device.hearsAll()).map(({ payload }) => payload.text).filter(text => text !== undefined)
  return { recovered, texts }
}
