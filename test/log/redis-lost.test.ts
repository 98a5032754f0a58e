import { setImmediate } from 'node:timers/promises'
import anyTest, { type TestFn } from 'ava'
import Bull from 'bull'
import { befriend } from '../friends/support/befriend.ts'
import type { Person } from '../support/person.ts'
import { openWorld, type World } from '../support/world.ts'
import { keepsPosting } from './support/author.ts'
import { openOwnRedis, type OwnRedis } from './support/own-redis.ts'

const test = anyTest as TestFn<{ redis: OwnRedis; world: World }>
test.before(async t => {
  const redis = await openOwnRedis()
  t.context = { redis, world: await openWorld({ env: { REDIS_URL: redis.url } }) }
})
test.after.always(async t => {
  await t.context.world[Symbol.asyncDispose]()
  await t.context.redis[Symbol.asyncDispose]()
})

/** How late an event may be while Redis is away. */
const LATE_MS = 4000

const postsHeard = (person: Person) => person.heard.filter(({ name }) => name === 'post:created')
const idsOf = (heard: Person['heard']) => heard.map(({ payload }) => (payload as { id: string }).id)
const inOrder = (heard: Person['heard']) => heard.every(({ pos }, i) => i === 0 || pos > (heard[i - 1]?.pos ?? 0))

async function delayOf(writer: Person, listener: Person): Promise<number> {
  const { id } = await writer.call('post:create', { text: 'without Redis' })
  const acknowledged = performance.now()
  await listener.next('post:created', post => post.id === id)
  return performance.now() - acknowledged
}

test.serial(
  'Redis is killed and comes back empty while people write: no event is lost or repeated, every job is done',
  async t => {
    const { redis, world } = t.context
    const [bob, ada, cara] = await world.cast('Bob', 'Ada', 'Cara')
    for (const friend of [ada, cara]) await befriend(friend, bob)
    const { id: postId } = await bob.call('post:create', { text: 'Say something' })
    const authors = [ada, cara].map(author => keepsPosting(author, { hearing: true }))
    await Promise.all(authors.map(author => author.writes(10)))

    const queue = new Bull('notify', redis.url, { prefix: `{${world.config.redis.prefix}:jobs}` })
    await queue.pause()
    const comments = await Promise.all(
      Array.from({ length: 24 }, (_, i) => (i % 2 ? ada : cara).call('comment:create', { postId, text: `${i}` })),
    )
    while ((await queue.getPausedCount()) < comments.length) await setImmediate()
    await queue.close()
    await redis.kill() // with the jobs of these comments queued
    await Promise.all(authors.map(author => author.writes(3)))
    await redis.restart()
    await Promise.all(authors.map(author => author.writes(10)))
    const written = (await Promise.all(authors.map(author => author.stop()))).flat()

    await bob.hearsAll()
    const heard = postsHeard(bob).filter(({ payload }) => (payload as { id: string }).id !== postId)
    t.deepEqual(idsOf(heard).toSorted(), written.toSorted())
    t.true(inOrder(bob.heard))
    for (const { id } of comments)
      await bob.next('notification:created', ({ subjectId }) => subjectId === (id as string))
    t.is(bob.heard.filter(({ payload }) => (payload as { type?: string }).type === 'comment').length, comments.length)
  },
)

test.serial(
  'while Redis is away, or there and silent, events are heard within seconds; when it is back, at once',
  async t => {
    const { redis, world } = t.context
    const [bob, ada] = await world.cast('Bob', 'Ada') // on different nodes
    await befriend(ada, bob)

    await redis.kill()
    for (let i = 0; i < 2; i++) t.true((await delayOf(ada, bob)) < LATE_MS)
    await redis.restart()
    await ada.hearsAll()

    redis.freeze()
    for (let i = 0; i < 2; i++) t.true((await delayOf(ada, bob)) < LATE_MS)
    redis.wake()
    await ada.hearsAll()
    t.is(postsHeard(bob).length, 4)
    t.true(inOrder(bob.heard))
  },
)
