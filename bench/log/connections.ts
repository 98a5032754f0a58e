import { plantPeople, type Planted } from '../../test/support/crowd.ts'
import { connectAll, vanishAll } from '../clients.ts'
import { alternate, ratios } from '../figures.ts'
import type { Section } from '../results.ts'
import type { Stage } from '../stage.ts'
import { roomOf } from './post.ts'

const CONNECTIONS = 10_000
const ROOMY = 2000
const ROOMS = 300

interface Cost {
  readonly perSecond: number
  /** In microseconds a connect. */
  readonly cpu: number
  /** In bytes a connection. */
  readonly rss: number
  readonly heap: number
}

/** What a connection costs to open and to have. */
export async function connections(stage: Stage, rounds: number): Promise<Section> {
  const people = await plantPeople(stage.db, stage.config, CONNECTIONS)
  const roomy = await plantPeople(stage.db, stage.config, ROOMY)
  await befriendAround(stage, roomy, ROOMS / 2)
  await stage.settle()
  const friendsOf = new Map(
    roomy.map((person, n) => [person, Array.from({ length: ROOMS }, (_, i) => roomOf(roomy[(n + i) % ROOMY]!))]),
  )

  const costs =
    (kind: 'web' | 'bare', people: readonly Planted[], rooms: (person: Planted) => readonly string[]) => () =>
      costOf(stage, kind, people, rooms)
  const own = (person: Planted) => [roomOf(person)]
  const many = (person: Planted) => friendsOf.get(person) ?? []
  const found = await alternate(rounds, {
    kith: costs('web', people, own),
    bare: costs('bare', people, own),
    kithFew: costs('web', people.slice(0, ROOMY), own),
    bareFew: costs('bare', people.slice(0, ROOMY), own),
    kithRoomy: costs('web', roomy, many),
    bareRoomy: costs('bare', roomy, many),
  })
  const of = (key: keyof Cost, side: keyof typeof found, unit = 1) => found[side].map(cost => cost[key] / unit)
  const more = (key: keyof Cost, side: 'kith' | 'bare') =>
    of(key, `${side}Roomy`, 1000).map((bytes, i) => bytes - (of(key, `${side}Few`, 1000)[i] ?? NaN))
  const roomsMore = (key: keyof Cost) => ({
    figures: more(key, 'kith'),
    kith: more(key, 'kith'),
    bare: more(key, 'bare'),
  })
  const pair = (key: keyof Cost, unit = 1) => ({ kith: of(key, 'kith', unit), bare: of(key, 'bare', unit) })
  const [rate, cpu] = [pair('perSecond'), pair('cpu')]
  const [rss, heap] = [pair('rss', 1000), pair('heap', 1000)]
  return {
    title: 'The log: connections',
    about:
      `${CONNECTIONS} signed-in people connect to one process, 50 at a time, each until it sits in its rooms; Kith asks PostgreSQL for ` +
      'them, the bare server is told. Then they are idle, garbage is collected, and the memory is counted against that before the ' +
      `first. ${ROOMS} rooms each: ${ROOMY} people with that many friends, against as many with none. Every round in a new process. ` +
      'RSS has pages in it that are empty and not given back yet, so the rooms are judged by the heap they live in.',
    figures: [
      { what: 'connects with token a second', unit: '', target: { atLeast: 1500 }, figures: rate.kith, ...rate },
      { what: 'CPU of the node a connect', unit: 'µs', figures: cpu.kith, ...cpu },
      { what: 'the same, ratio', unit: '', figures: ratios(cpu.kith, cpu.bare) },
      { what: 'memory (RSS) an idle connection', unit: 'kB', target: { atMost: 40 }, figures: rss.kith, ...rss },
      { what: 'heap an idle connection', unit: 'kB', figures: heap.kith, ...heap },
      { what: `heap of ${ROOMS} rooms more`, unit: 'kB', target: { atMost: 20 }, ...roomsMore('heap') },
      { what: `memory (RSS) of ${ROOMS} rooms more`, unit: 'kB', ...roomsMore('rss') },
      {
        what: `CPU of the node a connect with ${ROOMS} rooms`,
        unit: 'µs',
        figures: of('cpu', 'kithRoomy'),
        kith: of('cpu', 'kithRoomy'),
        bare: of('cpu', 'bareRoomy'),
      },
    ],
  }
}

async function costOf(
  stage: Stage,
  kind: 'web' | 'bare',
  people: readonly Planted[],
  rooms: (person: Planted) => readonly string[],
): Promise<Cost> {
  await using node = await stage.start(kind)
  // What is made once, with the first of them, is no cost of the others.
  await vanishAll(await connectAll({ server: node, people: people.slice(0, 200), rooms }))
  const before = await node.cleanUsage()
  const started = performance.now()
  const sockets = await connectAll({ server: node, people, rooms })
  const seconds = (performance.now() - started) / 1000
  const { cpu } = await node.usage()
  const after = await node.cleanUsage()
  await vanishAll(sockets)
  return {
    perSecond: people.length / seconds,
    cpu: (cpu - before.cpu) / people.length,
    rss: (after.rss - before.rss) / people.length,
    heap: (after.heap - before.heap) / people.length,
  }
}

/** In a circle everybody is a friend of so many on either side. */
async function befriendAround({ db }: Stage, people: readonly Planted[], each: number): Promise<void> {
  await db.raw(
    `with person as (select id, n - 1 as n from unnest(?::uuid[]) with ordinality as person (id, n))
     insert into friendships (user_a, user_b, requested_by, status, accepted_at)
     select least(one.id, other.id), greatest(one.id, other.id), one.id, 'accepted', now()
     from person as one join person as other on (other.n - one.n + ?) % ? between 1 and ?`,
    [people.map(({ id }) => id), people.length, people.length, each],
  )
}
