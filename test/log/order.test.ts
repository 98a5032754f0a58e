import anyTest from 'ava'
import type { CommentId } from '../../src/domains/comments/model.ts'
import type { PostId } from '../../src/domains/posts/model.ts'
import type { Occurrence, Person } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const EACH = 25
const comments = (heard: readonly Occurrence[]) => heard.filter(({ name }) => name === 'comment:created')
const idOf = ({ payload }: Occurrence) => (payload as { id: CommentId }).id

test('what twelve people write at once is heard once and in one order, by everyone, on both nodes', async t => {
  const [ada, lena, ...authors] = await t.context.cast(
    'Ada',
    'Lena',
    ...Array.from({ length: 12 }, (_, i) => `No ${i}`),
  )
  const listeners = [ada, lena] as const // on different nodes
  const { id: postId } = await ada.call('post:create', { text: 'Say something', visibility: 'public' })
  await Promise.all(listeners.map(({ client }) => client.join('post', postId)))

  const written = await Promise.all(authors.map(author => writes(author, postId)))

  const all = new Set(written.flat())
  t.is(all.size, authors.length * EACH)
  const [first, second] = await Promise.all(listeners.map(async person => comments(await heardAll(person))))
  t.deepEqual(first?.map(idOf), second?.map(idOf))
  for (const heard of [first ?? [], second ?? []]) {
    t.is(heard.length, all.size)
    t.deepEqual(heard.map(idOf).toSorted(), [...all].toSorted())
    t.true(heard.every(({ pos }, i) => i === 0 || pos > (heard[i - 1]?.pos ?? 0)))
    for (const own of written)
      t.deepEqual(
        heard.map(idOf).filter(id => own.includes(id)),
        own,
      )
  }
  const counts = lena.heard.filter(({ name }) => name === 'post:counted').map(({ payload }) => payload)
  t.deepEqual(
    counts.map(payload => (payload as { commentCount: number }).commentCount),
    Array.from(all, (_, i) => i + 1),
  )

  async function heardAll(person: Person) {
    await person.next('comment:created', ({ id }) => id === [...all].at(-1))
    return person.hearsAll()
  }
})

/** Sends all at once; answers the ids in the order in which they were sent. */
const writes = (author: Person, postId: PostId) =>
  Promise.all(
    Array.from({ length: EACH }, async (_, i) => {
      const { id } = await author.call('comment:create', { postId, text: `${author.name} ${i}` })
      return id
    }),
  )
