import type { RawSocket } from '../../test/support/raw.ts'
import type { Planted } from '../../test/support/crowd.ts'

/** With what is around it an event of about 330 bytes. */
export const TEXT =
  'What one says to friends in a hundred characters, such as this, which is neither long nor very short.'

/** The room a post is heard in, with Kith and with the bare server. */
export const roomOf = ({ id }: Planted): string => `friends:${id}`

export const isPost = (event: string): boolean => event.startsWith('42["post:created"')

/** Sends an order and fails on a refusal, so that no refusal is taken for speed. */
export async function ask(socket: RawSocket | undefined, name: string, input: object): Promise<void> {
  const ack = await socket?.ask(name, input)
  if (!ack?.ok) throw new Error(`${name} was refused: ${JSON.stringify(ack)}`)
}
