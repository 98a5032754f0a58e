import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { logKeys } from '../../src/infra/log/keys.ts'
import { plantPeople } from '../../test/support/crowd.ts'
import { atRate, connectAll } from '../clients.ts'
import { alternate } from '../figures.ts'
import type { Section } from '../results.ts'
import type { Server, Stage } from '../stage.ts'
import { ask, roomOf, TEXT } from './post.ts'

const BATCH = 100
const BATCHES_PER_SECOND = 40
const SECONDS = 5
const EVENTS = BATCH * BATCHES_PER_SECOND * SECONDS

/** What an event costs a node where nobody hears it. */
export async function listenerless(stage: Stage, rounds: number): Promise<Section> {
  const [author] = await plantPeople(stage.db, stage.config, 1)
  const room = roomOf(author!)
  const { bell } = logKeys(stage.config.redis.prefix)

  await using stack = new AsyncDisposableStack()
  const start = async (kind: 'web' | 'bare') => stack.use(await stage.start(kind))
  await start('web') // leads the relay
  const kith = await start('web')
  const near = await start('bare')
  const bare = await start('bare')
  const [voice] = await connectAll({ server: near, people: [author!] })

  // Straight into the outbox: what counts is what comes out of it.
  async function append() {
    await stage.db('outbox').insert(
      Array.from({ length: BATCH }, () => ({
        kind: 'event',
        name: 'post:created',
        payload: JSON.stringify(postOf(author!.id)),
        rooms: [room],
        excluded: [],
      })),
    )
    await stage.redis.publish(bell, '')
  }
  const found = await alternate(rounds, {
    kith: () => costOf(kith, append),
    bare: () => costOf(bare, () => ask(voice, 'emit', { room, text: TEXT, times: BATCH })),
  })
  const of = (key: 'event' | 'idle') => [found.kith, found.bare].map(side => side.map(cost => cost[key]))
  const [ours = [], theirs = []] = of('event')
  const [idle = [], bareIdle = []] = of('idle')
  return {
    title: 'The log: an event on a node where nobody hears it',
    about:
      `${BATCH * BATCHES_PER_SECOND} events a second for one room, ${BATCH} at a time, at a node that has no socket. What the node ` +
      'uses without events is measured before each round, taken off, and told by itself.',
    figures: [
      {
        what: 'CPU an event, more than bare',
        unit: 'µs',
        target: { atMost: 5 },
        figures: ours.map((cost, i) => cost - (theirs[i] ?? NaN)),
        kith: ours,
        bare: theirs,
      },
      { what: 'CPU a second without events', unit: 'ms', figures: idle, kith: idle, bare: bareIdle },
    ],
  }
}

async function costOf(node: Server, append: () => Promise<void>) {
  const start = (await node.usage()).cpu
  await pause(SECONDS * 1000)
  const before = (await node.usage()).cpu
  await atRate(BATCHES_PER_SECOND, SECONDS, append)
  await pause(200) // for what is still under way
  const idle = before - start
  return { event: ((await node.usage()).cpu - before - idle) / EVENTS, idle: idle / 1000 / SECONDS }
}

const postOf = (authorId: string) => ({
  id: randomUUID(),
  authorId,
  text: TEXT,
  visibility: 'friends',
  media: [],
  commentCount: 0,
  version: 1,
  createdAt: new Date().toISOString(),
})
