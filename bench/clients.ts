import { openRaw, type RawSocket } from '../test/support/raw.ts'
import type { Planted } from '../test/support/crowd.ts'
import type { Server } from './stage.ts'

/** How many connect at a time. */
const AT_ONCE = 50

export interface Listener {
  readonly server: Server
  readonly people: readonly Planted[]
  /** For the bare server, which must be told; Kith knows a person’s rooms by itself. */
  readonly rooms?: (person: Planted) => readonly string[]
  readonly cursor?: string
  /** Hears the bare text of every event. */
  readonly onText?: (text: string) => void
  readonly atOnce?: number
}

/** Connects everybody, some at a time; each is counted in once the server has brought it into its rooms. */
export async function connectAll(listener: Listener): Promise<RawSocket[]> {
  const { server, people, rooms, cursor, onText = () => undefined, atOnce = AT_ONCE } = listener
  const sockets: RawSocket[] = []
  const authOf = (person: Planted) => ({
    token: person.token,
    ...(cursor && { cursor }),
    ...(server.kind === 'bare' && rooms && { rooms: rooms(person) as readonly never[] }), // by name, not as Kith's
  })
  const waiting = people.values()
  const connectOthers = async () => {
    for (const person of waiting) {
      const socket = openRaw({ url: server.url, auth: authOf(person), onText })
      sockets.push(socket)
      await socket.ready
    }
  }
  await Promise.all(Array.from({ length: atOnce }, connectOthers))
  return sockets
}

export async function vanishAll(sockets: readonly RawSocket[]): Promise<void> {
  for (const socket of sockets) socket.vanish()
  await Promise.all(sockets.map(socket => socket.closed))
}

/** Counts up to a number; resolves there. */
export function tally(goal: number) {
  const { promise, resolve } = Promise.withResolvers<void>()
  let count = 0
  return {
    full: promise,
    count: () => count,
    add() {
      if ((count += 1) === goal) resolve()
    },
  }
}

/** Calls `act` at even distances, however long what it begins takes; resolves when all is done. */
export async function atRate(perSecond: number, seconds: number, act: (due: number, i: number) => Promise<unknown>) {
  const begun: Promise<unknown>[] = []
  const start = performance.now()
  for (let i = 0; i < perSecond * seconds; i += 1) {
    const due = start + (i * 1000) / perSecond
    const early = due - performance.now()
    if (early > 0) await new Promise(resolve => setTimeout(resolve, early))
    begun.push(act(due, i))
  }
  await Promise.all(begun)
}
