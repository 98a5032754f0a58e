import { plantFriends, plantPeople } from '../../test/support/crowd.ts'
import { atRate, connectAll, tally } from '../clients.ts'
import { alternate, ratios } from '../figures.ts'
import type { Section } from '../results.ts'
import type { Server, Stage } from '../stage.ts'
import { ask, isPost, roomOf, TEXT } from './post.ts'

const ROOMS = [
  { members: 100, perSecond: 100 },
  { members: 1000, perSecond: 20 },
  { members: 5000, perSecond: 4 },
]
const SECONDS = 4

interface Cost {
  /** Deliveries for each second of a core: of the node that delivers, and of both. */
  readonly delivering: number
  readonly both: number
}

/** What it costs to bring one event to many on another node. */
export async function fanout(stage: Stage, rounds: number): Promise<Section> {
  const [...authors] = await plantPeople(stage.db, stage.config, ROOMS.length)
  const people = await plantPeople(stage.db, stage.config, 5000)
  const rooms = ROOMS.map(({ members }, i) => ({ author: authors[i]!, members: people.slice(0, members) }))
  await plantFriends(
    stage.db,
    rooms.flatMap(({ author, members }) => members.map(({ id }) => [author.id, id] as const)),
  )
  await stage.settle()
  const roomsOf = new Map(people.map((person, n) => [person, rooms.filter(room => n < room.members.length)]))

  await using stack = new AsyncDisposableStack()
  async function side(kind: 'web' | 'bare', order: string) {
    const near = stack.use(await stage.start(kind))
    const far = stack.use(await stage.start(kind))
    let hear = (_text: string) => {}
    const [...voices] = await connectAll({ server: near, people: authors, atOnce: 1 })
    await connectAll({
      server: far,
      people,
      rooms: person => (roomsOf.get(person) ?? []).map(({ author }) => roomOf(author)),
      onText: text => hear(text),
    })
    const say = (room: number) => {
      const author = rooms[room]!.author
      return ask(voices[room], order, { text: TEXT, ...(kind === 'bare' && { room: roomOf(author) }) })
    }
    return (room: number) =>
      costOf(
        room,
        [near, far],
        () => say(room),
        listener => (hear = listener),
      )
  }

  const kith = await side('web', 'post:create')
  const bare = await side('bare', 'emit')
  const figures = []
  for (const [room, { members }] of ROOMS.entries()) {
    const found = await alternate(rounds, { kith: () => kith(room), bare: () => bare(room) })
    const of = (what: keyof Cost) => ({
      kith: found.kith.map(cost => cost[what]),
      bare: found.bare.map(cost => cost[what]),
    })
    const [delivering, both] = [of('delivering'), of('both')]
    figures.push(
      {
        what: `${members} members: deliveries per core-second of the delivering node, ratio`,
        unit: '',
        target: { atLeast: 0.85 },
        figures: ratios(delivering.kith, delivering.bare),
        ...delivering,
      },
      {
        what: `${members} members: the same of both nodes, with the command, its transaction and the relay`,
        unit: '',
        figures: ratios(both.kith, both.bare),
        ...both,
      },
    )
  }
  return {
    title: 'The log: fan-out to another node',
    about:
      'A post at one node, its members on another; the bare node emits without a database. Posts come at a fixed rate ' +
      `(${ROOMS.map(({ members, perSecond }) => `${perSecond}/s for ${members}`).join(', ')}), so that neither side gains by ` +
      'batching. The delivering node is what an audience needs more of; the posting node is paid once a post.',
    figures,
  }
}

async function costOf(
  room: number,
  [near, far]: readonly [Server, Server],
  say: () => Promise<void>,
  listen: (listener: (text: string) => void) => void,
): Promise<Cost> {
  const { members, perSecond } = ROOMS[room]!
  const deliveries = members * perSecond * SECONDS
  const heard = tally(deliveries)
  listen(text => {
    if (isPost(text)) heard.add()
  })
  const before = await Promise.all([near.usage(), far.usage()])
  await atRate(perSecond, SECONDS, say)
  await heard.full
  const after = await Promise.all([near.usage(), far.usage()])
  const [nearCpu = 0, farCpu = 0] = after.map(({ cpu }, i) => cpu - (before[i]?.cpu ?? 0))
  return { delivering: (deliveries / farCpu) * 1e6, both: (deliveries / (nearCpu + farCpu)) * 1e6 }
}
