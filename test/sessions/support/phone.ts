import { randomInt } from 'node:crypto'
import type { FailedAck, OkAck, Tokens } from '../../../client/index.ts'
import { codeSentTo } from '../../support/inbox.ts'
import type { World } from '../../support/world.ts'

/** The tokens of an app, which keeps its refresh token itself. */
export type AppTokens = Tokens & { readonly refreshToken: string }

export type Answer<T> = { status: number } & (OkAck<T> | FailedAck)

/** Posts to the HTTP API as a device does that has no socket yet. */
export async function post<T>(
  url: string,
  path: string,
  body: object,
  accessToken?: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<T>> {
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
      ...headers,
    },
    body: JSON.stringify(body),
  })
  const ack = (await response.json()) as OkAck<T> | FailedAck
  return { status: response.status, ...ack }
}

/** What an answer gave; throws when it was refused. */
export function dataOf<T>(answer: Answer<T>): T {
  if (!answer.ok) throw new Error(`Refused: ${answer.error.code}/${answer.error.reason}`)
  return answer.data
}

/** Why an answer was refused, or `ok`. */
export const reasonOf = (answer: Answer<unknown>) => (answer.ok ? 'ok' : answer.error.reason)

/** A valid German mobile number that no other test uses. */
export const newPhone = () => `+4915112${String(randomInt(1_000_000)).padStart(6, '0')}`

/** Where a server is, and where its text messages go. */
type Reach = Pick<World, 'urls' | 'env'>

export interface Sent {
  readonly challengeId: string
  readonly code: string
}

/** Has a code sent to `spelling`, and reads it off the phone. */
export async function sendCode(world: Reach, phone: string, spelling = phone): Promise<Sent> {
  const ask = () => post<{ challengeId: string }>(world.urls[0], '/v1/auth/code', { phone: spelling })
  const [{ challengeId }, code] = await codeSentTo(world, phone, async () => dataOf(await ask()))
  return { challengeId, code }
}

/** Signs in with a code, on either node. */
export const verify = ({ urls }: Reach, { challengeId, code }: Sent, node: 0 | 1 = 0) =>
  post<AppTokens>(urls[node], '/v1/auth/verify', { challengeId, code })

/** A code that is not this one; another for each `n`. */
export const wrong = ({ challengeId, code }: Sent, n = 1): Sent => ({
  challengeId,
  code: String((Number(code) + n) % 1_000_000).padStart(6, '0'),
})

/** Signs in a device without a socket. */
export const enter = async (world: Reach, phone: string) => dataOf(await verify(world, await sendCode(world, phone)))

export const refresh = ({ urls }: Reach, refreshToken: string, node: 0 | 1 = 0) =>
  post<AppTokens>(urls[node], '/v1/auth/refresh', { refreshToken })
