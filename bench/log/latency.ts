import { plantFriends, plantPeople } from '../../test/support/crowd.ts'
import { atRate, connectAll } from '../clients.ts'
import { alternate, quantile } from '../figures.ts'
import type { Section } from '../results.ts'
import type { Stage } from '../stage.ts'
import { ask, isPost, roomOf, TEXT } from './post.ts'

const AUTHORS = 20
const SUBSCRIBERS = 200
const PER_SECOND = 100
const SECONDS = 5

/** How long it takes until the last of many has heard. */
export async function latency(stage: Stage, rounds: number): Promise<Section> {
  const authors = await plantPeople(stage.db, stage.config, AUTHORS)
  const people = await plantPeople(stage.db, stage.config, SUBSCRIBERS)
  await plantFriends(
    stage.db,
    authors.flatMap(({ id }) => people.map(person => [id, person.id] as const)),
  )
  await stage.settle()

  await using stack = new AsyncDisposableStack()
  async function side(kind: 'web' | 'bare', order: string) {
    const near = stack.use(await stage.start(kind))
    const far = stack.use(await stage.start(kind))
    const arrivals = lastArrivals(SUBSCRIBERS)
    const voices = await connectAll({ server: near, people: authors, atOnce: 1 })
    await connectAll({ server: far, people, rooms: () => authors.map(roomOf), onText: arrivals.hear })
    return async () => {
      const waits: number[] = []
      await atRate(PER_SECOND, SECONDS, async (due, i) => {
        const author = i % AUTHORS
        const mark = `<${i}>`
        const arrived = arrivals.of(mark)
        await ask(voices[author], order, {
          text: mark + TEXT,
          ...(kind === 'bare' && { room: roomOf(authors[author]!) }),
        })
        waits.push((await arrived) - due)
      })
      return waits
    }
  }
  const kith = await side('web', 'post:create')
  stack.use(await stage.start('worker'))
  const bare = await side('bare', 'insert:emit')
  await Promise.all([kith(), bare()]) // each of them once before it counts
  const found = await alternate(rounds, { kith, bare })
  const figure = (q: number, target?: number) => {
    const [ours, theirs] = [found.kith, found.bare].map(side => side.map(waits => quantile(waits, q)))
    const judged = target === undefined ? {} : { target: { atMost: target } }
    return {
      what: `p${q * 100} until the last has it`,
      unit: 'ms',
      figures: ours!,
      kith: ours!,
      bare: theirs!,
      ...judged,
    }
  }
  return {
    title: 'The log: from the command to the last of 200',
    about:
      `${PER_SECOND} posts a second by ${AUTHORS} authors on one node, at even distances whatever the server does; each is heard by the ` +
      `same ${SUBSCRIBERS} friends on another node. Counted from the moment a post is due to its arrival at the last of them. The bare ` +
      'server inserts, then emits.',
    figures: [figure(0.5, 10), figure(0.99, 100), figure(1)],
  }
}

/** When the last of so many listeners heard what carries a mark. */
function lastArrivals(listeners: number) {
  const open = new Map<string, { left: number; done: (at: number) => void }>()
  return {
    of(mark: string) {
      const { promise, resolve } = Promise.withResolvers<number>()
      open.set(mark, { left: listeners, done: resolve })
      return promise
    },
    hear(text: string) {
      if (!isPost(text)) return
      const mark = text.slice(text.indexOf('<'), text.indexOf('>') + 1)
      const post = open.get(mark)
      if (!post || (post.left -= 1) > 0) return
      open.delete(mark)
      post.done(performance.now())
    },
  }
}
