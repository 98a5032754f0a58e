import anyTest, { type TestFn } from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { openWorld, type World } from '../support/world.ts'
import { flood, nowhere } from './support/flood.ts'
import { openOwnRedis, type OwnRedis } from './support/own-redis.ts'
import { tracesOf } from './support/traces.ts'

const test = anyTest as TestFn<{ redis: OwnRedis; world: World }>
test.before(async t => {
  const redis = await openOwnRedis()
  t.context = { redis, world: await openWorld({ env: { REDIS_URL: redis.url } }) }
})
test.after.always(async t => {
  t.context.redis.wake()
  await t.context.world[Symbol.asyncDispose]()
  await t.context.redis[Symbol.asyncDispose]()
})

/** More than a stream that was left behind is filled up with, and far too much to ask Redis about each batch. */
const MEANWHILE = 12_000

test('much that happens while Redis is silent does not hold the log up, and what is deleted is not left in it', async t => {
  const { redis, world } = t.context
  const [bob, ada] = await world.cast('Bob', 'Ada') // on different nodes
  await befriend(ada, bob)
  const secret = `secret ${crypto.randomUUID()}`
  const { id } = await ada.call('post:create', { text: secret })
  await bob.hearsAll()
  t.true((await tracesOf(world, secret)).some(place => place.includes('stream')))

  redis.freeze()
  await ada.call('post:delete', { postId: id })
  await bob.next('post:deleted', post => post.id === id)
  await flood(world.db, nowhere(), MEANWHILE)
  await bob.hearsAll()
  redis.wake()
  await Promise.all([ada.hearsAll(), bob.hearsAll()])
  t.deepEqual(await tracesOf(world, secret), [])
})
