import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Logger } from '../../kernel/app.ts'
import type { UserId } from '../../kernel/scope.ts'
import { outage } from '../telemetry/outage.ts'
import type { Edge, Leases } from './leases.ts'

const REAP_EVERY_MS = 250
const BEAT_EVERY_MS = 1000
/** People told of in one step. */
const CHUNK = 500
/** How long what happens gathers until it is said: of a herd that comes back, all at once. */
const GATHER_MS = 20

/** How a person is with this node: connected, connected and hiding it, or not connected. */
export type Whereabouts = 'here' | 'hidden' | 'gone'

export interface NodeOptions {
  readonly leases: Leases
  /** The connection the leases are kept on. */
  readonly redis: Redis
  /** How long a person may be gone before others are told. */
  readonly graceMs: number
  readonly logger: Logger
  /** Tells the world; called for each edge by the one node whose step made it. */
  readonly announce: (edge: Edge) => void
}

export interface NodePresence extends AsyncDisposable {
  /** How a person is from now on. Who hides when they are gone already is gone for others at once. */
  settle(userId: UserId, whereabouts: Whereabouts): void
}

/**
 * Keeps what Redis knows of one node the same as what is. Steps on one connection are taken in the order they are sent;
 * when one fails or the connection breaks, nobody knows which were taken, and the node begins another life in which
 * it says all of it again. The last one lapses by itself, and whoever is here with the new one never leaves.
 */
export function keepPresence({ leases, redis, graceMs, logger, announce }: NodeOptions): NodePresence {
  const keeping = outage(logger, 'presence')
  const here = new Set<UserId>()
  /** What is to be said of people next. */
  const news = new Map<UserId, Whereabouts>()
  /** Those whose departure Redis was not told of, each with the grace they have. */
  const unsaid = new Map<UserId, number>()
  let life = ''
  let known = false // what Redis knows of this life is what is
  let beatAt = 0
  let ticking: Promise<void> | null = null
  let speaking: NodeJS.Timeout | undefined

  const doubt = () => {
    known = false
  }
  redis.on('close', doubt)

  /** Says something; nobody need wait for it. */
  async function say(step: () => Promise<Edge[]>) {
    try {
      const edges = await step()
      edges.forEach(announce)
    } catch (err) {
      doubt()
      keeping.failed(err)
    }
  }

  const arrive = (people: readonly UserId[]) => say(() => leases.arrive(life, people))

  function depart(people: readonly UserId[], grace: number) {
    people.forEach(person => unsaid.set(person, grace))
    return say(async () => {
      const edges = await leases.depart(life, people, grace)
      people.forEach(person => unsaid.delete(person))
      return edges
    })
  }

  function speak() {
    clearTimeout(speaking)
    speaking = undefined
    const now = Map.groupBy(news.keys(), person => news.get(person))
    news.clear()
    const [arrived = [], hid = [], left = []] = [now.get('here'), now.get('hidden'), now.get('gone')]
    hid.forEach(person => unsaid.set(person, 0))
    left.forEach(person => unsaid.set(person, graceMs))
    if (!known) return // the next life begins with all of it
    for (const people of chunks(arrived)) void arrive(people)
    for (const people of chunks(hid)) void depart(people, 0)
    for (const people of chunks(left)) void depart(people, graceMs)
  }

  async function beginLife() {
    life = randomUUID()
    await leases.beat(life) // before all that follows is sent to somebody who does not answer
    speak() // what was news until now is part of how this life begins
    known = true
    const departed = Map.groupBy(unsaid.keys(), person => unsaid.get(person) as number)
    await Promise.all([
      ...chunks([...here]).map(arrive),
      ...[...departed].flatMap(([grace, people]) => chunks(people).map(some => depart(some, grace))),
    ])
  }

  async function beat() {
    speak()
    const expected = here.size
    beatAt = performance.now()
    if ((await leases.beat(life)) !== expected) doubt()
  }

  async function reap() {
    for (;;) {
      const { edges, more } = await leases.reap(graceMs)
      edges.forEach(announce)
      if (!more) return
    }
  }

  async function tick() {
    try {
      if (!known) await beginLife()
      else if (performance.now() - beatAt > BEAT_EVERY_MS) await beat()
      await reap()
      if (known) keeping.worked()
    } catch (err) {
      doubt()
      keeping.failed(err)
    }
  }

  const ticks = setInterval(() => {
    ticking ??= tick().finally(() => {
      ticking = null
    })
  }, REAP_EVERY_MS)

  return {
    settle(userId, whereabouts) {
      const isHere = whereabouts === 'here'
      if (isHere === here.has(userId)) {
        if (whereabouts !== 'hidden') return
        if (news.has(userId)) news.set(userId, 'hidden')
        else void say(() => leases.withdraw([userId]))
        return
      }
      if (isHere) {
        here.add(userId)
        unsaid.delete(userId)
      } else here.delete(userId)
      if (!news.delete(userId)) news.set(userId, whereabouts) // who comes and goes before anything is said has done neither
      speaking ??= setTimeout(speak, GATHER_MS)
    },
    async [Symbol.asyncDispose]() {
      clearInterval(ticks)
      speak()
      redis.off('close', doubt)
      await ticking
      await leases.beat(life).catch(() => undefined) // the last step: when it is taken, all are
    },
  }
}

const chunks = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / CHUNK) }, (_, i) => items.slice(i * CHUNK, (i + 1) * CHUNK))
