import { plantFriends, plantPeople } from '../../test/support/crowd.ts'
import type { RawSocket } from '../../test/support/raw.ts'
import { connectAll } from '../clients.ts'
import { alternate, ratios } from '../figures.ts'
import type { Section } from '../results.ts'
import type { Server, Stage } from '../stage.ts'
import { ask, roomOf, TEXT } from './post.ts'

const AUTHORS = 20
const MEMBERS = 10
const SECONDS = 4
const WARM_UP_SECONDS = 1

interface Pace {
  readonly perSecond: number
  /** In microseconds a post. */
  readonly nodeCpu: number
  readonly databaseCpu: number
}

/** How many posts a second go through everything, beside the least that keeps them. */
export async function posts(stage: Stage, rounds: number): Promise<Section> {
  const authors = await plantPeople(stage.db, stage.config, AUTHORS)
  const people = await plantPeople(stage.db, stage.config, MEMBERS)
  await plantFriends(
    stage.db,
    authors.flatMap(({ id }) => people.map(person => [id, person.id] as const)),
  )
  await stage.settle()

  await using stack = new AsyncDisposableStack()
  async function side(kind: 'web' | 'bare') {
    const near = stack.use(await stage.start(kind))
    const far = stack.use(await stage.start(kind))
    const voices = await connectAll({ server: near, people: authors, atOnce: 1 })
    await connectAll({ server: far, people, rooms: () => authors.map(roomOf) })
    return { near, voices }
  }
  const kith = await side('web')
  stack.use(await stage.start('worker'))
  const bare = await side('bare')

  const found = await alternate(rounds, {
    kith: () => paceOf(stage, kith.near, kith.voices, (voice, _author) => ask(voice, 'post:create', { text: TEXT })),
    dual: () =>
      paceOf(stage, bare.near, bare.voices, (voice, author) =>
        ask(voice, 'insert:emit', { room: roomOf(authors[author]!), text: TEXT }),
      ),
    insert: () => paceOf(stage, bare.near, bare.voices, voice => ask(voice, 'insert', { text: TEXT })),
  })
  const [ours, dual, insert] = [found.kith, found.dual, found.insert].map(side => side.map(pace => pace.perSecond))
  const told = (what: string, side: readonly Pace[], key: 'nodeCpu' | 'databaseCpu') => ({
    what,
    unit: 'µs',
    figures: side.map(pace => pace[key]),
  })
  return {
    title: 'The log: durable posts by 20 clients',
    about:
      `${AUTHORS} clients on one node, each with one command in flight; every author has ${MEMBERS} friends on another node. Kith ` +
      'runs its worker beside, and the posting node leads the relay. The bare node inserts the same row through a pool of the ' +
      'same size, in the same database, which syncs to disk; then it emits, or not, and acknowledges.',
    figures: [
      {
        what: 'posts a second, ratio to “INSERT, then emit”',
        unit: '',
        target: { atLeast: 1 },
        figures: ratios(ours!, dual!),
        kith: ours!,
        bare: dual!,
      },
      {
        what: 'posts a second, ratio to INSERT alone',
        unit: '',
        target: { atLeast: 0.6 },
        figures: ratios(ours!, insert!),
        kith: ours!,
        bare: insert!,
      },
      told('CPU a post, Kith’s posting node with the relay', found.kith, 'nodeCpu'),
      told('CPU a post, bare node that inserts and emits', found.dual, 'nodeCpu'),
      told('CPU a post, PostgreSQL under Kith', found.kith, 'databaseCpu'),
      told('CPU a post, PostgreSQL under “INSERT, then emit”', found.dual, 'databaseCpu'),
    ],
  }
}

type Post = (voice: RawSocket, author: number) => Promise<void>

async function paceOf(stage: Stage, node: Server, voices: readonly RawSocket[], post: Post): Promise<Pace> {
  await flood(voices, WARM_UP_SECONDS, post)
  const before = [(await node.usage()).cpu, await stage.databaseCpu()] as const
  const started = performance.now()
  const count = await flood(voices, SECONDS, post)
  const seconds = (performance.now() - started) / 1000
  const after = [(await node.usage()).cpu, await stage.databaseCpu()] as const
  return {
    perSecond: count / seconds,
    nodeCpu: (after[0] - before[0]) / count,
    databaseCpu: (after[1] - before[1]) / count,
  }
}

/** Everybody posts again as soon as they are answered; answers how many posts were. */
async function flood(voices: readonly RawSocket[], seconds: number, post: Post): Promise<number> {
  const end = performance.now() + seconds * 1000
  let count = 0
  await Promise.all(
    voices.map(async (voice, author) => {
      for (; performance.now() < end; count += 1) await post(voice, author)
    }),
  )
  return count
}
