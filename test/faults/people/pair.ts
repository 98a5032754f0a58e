import type { Planted } from '../../support/crowd.ts'
import type { Change, Span } from '../history.ts'
import { pause } from '../pause.ts'
import type { Random } from '../random.ts'
import { openLine, type Line } from './line.ts'
import type { Viewer } from './viewer.ts'

/** How an author puts a person out of their circle and takes them in again: each a step after the other. */
export interface Turning {
  readonly out: (author: Line, person: Line, ids: { author: string; person: string }) => Promise<void>
  readonly in: (author: Line, person: Line, ids: { author: string; person: string }) => Promise<void>
}

const must = async (line: Line, name: string, input: object) => {
  const ack = await line.send(name, input)
  if (!ack.ok) throw new Error(`${name}: ${ack.error.code}/${ack.error.reason}`)
}

const FRIENDSHIP: Turning = {
  out: (author, _person, ids) => must(author, 'friend:remove', { userId: ids.person }),
  async in(author, person, ids) {
    await must(author, 'friend:request', { userId: ids.person })
    await must(person, 'friend:accept', { userId: ids.author })
  },
}

const BLOCK: Turning = {
  out: (author, _person, ids) => must(author, 'block:create', { userId: ids.person }),
  async in(author, person, ids) {
    await must(author, 'block:remove', { userId: ids.person })
    await FRIENDSHIP.in(author, person, ids)
  },
}

/** The ways to put somebody out; pairs take them in turn. */
export const TURNINGS: readonly Turning[] = [BLOCK, FRIENDSHIP]

/** An author and one person of their circle, who is put out and taken in again and again. */
export interface Pair {
  readonly stopped: Promise<void>
  close(): void
}

export interface PairOptions {
  readonly urls: readonly string[]
  readonly author: Planted
  readonly person: Planted
  readonly viewer: Viewer
  readonly turning: Turning
  readonly random: Random
  /** How long each state lasts, in milliseconds: at least and at most. */
  readonly lasts: readonly [least: number, most: number]
  /** How likely the person loses the connection around a turn, and is away for a while. */
  readonly away: number
  readonly stop: AbortSignal
  readonly changed: (change: Change) => void
}

export function openPair(options: PairOptions): Pair {
  const { urls, author, person, viewer, turning, random, lasts, away, stop, changed } = options
  const lines = [author, person].map(({ token }) =>
    openLine({ urls, random: random.of(token), auth: () => ({ token }) }),
  )
  const [byAuthor, byPerson] = lines as [Line, Line]
  const ids = { author: author.id, person: person.id }

  async function turn(granted: boolean) {
    const span: { -readonly [K in keyof Span]: Span[K] } = { sentAt: performance.now(), ackedAt: Infinity }
    const change = Object.assign(span, { person: person.id, circle: author.id, granted })
    changed(change)
    await turning[granted ? 'in' : 'out'](byAuthor, byPerson, ids)
    change.ackedAt = performance.now()
  }

  /** Somewhere around the turn: just before it, within, or just after. */
  async function loseConnection() {
    await pause(random.between(0, 40), stop)
    viewer.cut(random.pick([0, 0, random.between(0, lasts[1])]))
  }

  const working = async () => {
    for (let granted = false; ; granted = !granted) {
      await pause(random.between(...lasts), stop)
      if (stop.aborted) return
      const losing = random.next() < away ? loseConnection() : null
      await pause(random.between(0, 20), stop)
      await turn(granted)
      await losing
    }
  }
  return { stopped: working(), close: () => lines.forEach(line => line.close()) }
}
