import { setTimeout } from 'node:timers/promises'
import anyTest, { type TestFn } from 'ava'
import { Redis } from 'ioredis'
import { openOwnRedis, type OwnRedis } from '../log/support/own-redis.ts'
import { openWorld, type World } from '../support/world.ts'
import { connect, plantCrowd } from './support/crowd.ts'

const GRACE_MS = 2000
const SIZE = 60

const test = anyTest as TestFn<{ redis: OwnRedis; world: World }>
test.beforeEach(async t => {
  const redis = await openOwnRedis()
  const env = { REDIS_URL: redis.url, PRESENCE_GRACE_SECONDS: String(GRACE_MS / 1000), LIMIT_SCALE: '100' }
  t.context = { redis, world: await openWorld({ env }) }
})
test.afterEach.always(async t => {
  await t.context.world[Symbol.asyncDispose]()
  await t.context.redis[Symbol.asyncDispose]()
})

const idsOf = (people: readonly { readonly id: string }[]) => people.map(({ id }) => id).toSorted()

test.serial('Redis is killed and comes back empty: nobody who is here is gone, who left meanwhile is', async t => {
  const { redis, world } = t.context
  const { people, watcher } = await plantCrowd(world.db, world.config, world.urls[1], SIZE)
  const sockets = await connect(world.urls[0], people.slice(0, 40))
  const others = await connect(world.urls[1], people.slice(20))
  await watcher.hears(true, SIZE)
  const before = Math.max(...watcher.edges.map(({ version }) => version))
  watcher.forget()

  await redis.kill()
  await t.throwsAsync(watcher.list(), { message: /unavailable/ }) // rather than a list of nobody
  const left = people.slice(0, 10) // who were on the first node only
  for (const socket of sockets.slice(0, 10)) socket.vanish()
  await Promise.all(sockets.slice(0, 10).map(({ closed }) => closed))
  await redis.restart()
  await watcher.hears(true, SIZE - left.length)
  await watcher.hears(false, left.length)
  await setTimeout(GRACE_MS)

  const offline = watcher.edges.filter(({ online }) => !online)
  t.deepEqual(offline.map(({ userId }) => userId as string).toSorted(), idsOf(left))
  t.true(watcher.edges.every(({ version }) => version > before))
  t.deepEqual(watcher.there().toSorted(), idsOf(people.slice(10)))
  t.deepEqual((await watcher.list()).toSorted(), idsOf(people.slice(10)))
  for (const socket of [...sockets, ...others]) socket.vanish()
})

test.serial('Redis is emptied or answers nobody for longer than a lease: nobody is gone', async t => {
  const { redis, world } = t.context
  const { people, watcher } = await plantCrowd(world.db, world.config, world.urls[1], SIZE)
  const sockets = [
    ...(await connect(world.urls[0], people.slice(0, 30))),
    ...(await connect(world.urls[1], people.slice(30))),
  ]
  await watcher.hears(true, SIZE)
  watcher.forget()

  const admin = new Redis(redis.url)
  await admin.flushall()
  await watcher.hears(true, SIZE)
  const keys = await admin.keys('*:presence*')
  admin.disconnect()
  t.true(keys.length > SIZE)
  t.true(keys.every(key => key.startsWith(`{${world.config.redis.prefix}:presence}:`))) // one slot of a cluster

  redis.freeze()
  await setTimeout(5000)
  redis.wake()
  await setTimeout(GRACE_MS + 2000)
  t.deepEqual(
    watcher.edges.filter(({ online }) => !online),
    [],
  )
  t.deepEqual((await watcher.list()).toSorted(), idsOf(people))
  for (const socket of sockets) socket.vanish()
})
