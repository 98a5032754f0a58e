import { randomUUID } from 'node:crypto'
import anyTest, { type TestFn } from 'ava'
import { Redis } from 'ioredis'
import { redisLeases, redisPresence, type Edge, type Leases } from '../../src/infra/presence/leases.ts'
import type { Presence } from '../../src/kernel/ports.ts'
import type { UserId } from '../../src/kernel/scope.ts'

const GRACE_MS = 100
const crowd = (size: number) => Array.from({ length: size }, () => randomUUID() as UserId)

interface Context {
  readonly redis: Redis
  readonly prefix: string
  readonly leases: Leases
  readonly presence: Presence
}
const test = anyTest as TestFn<Context>
test.beforeEach(t => {
  const redis = new Redis(process.env.REDIS_URL ?? '')
  const prefix = `leases-${randomUUID()}`
  t.context = { redis, prefix, leases: redisLeases(redis, prefix), presence: redisPresence(redis, prefix) }
})
test.afterEach.always(t => t.context.redis.disconnect())

/** Reaps, as several nodes do at once, until this many edges have come. */
async function reaped(leases: Leases, count: number): Promise<Edge[]> {
  const edges: Edge[] = []
  while (edges.length < count) {
    const told = await Promise.all([leases.reap(GRACE_MS), leases.reap(GRACE_MS)])
    edges.push(...told.flatMap(({ edges }) => edges))
  }
  return edges
}

test('of many nodes exactly one is told of each edge, and versions only grow', async t => {
  const { leases, presence } = t.context
  const people = crowd(20)
  const lives = crowd(8)
  const came = (await Promise.all(lives.map(life => leases.arrive(life, people)))).flat()
  t.is(came.length, people.length)
  t.is((await presence.of(people)).there.size, people.length)

  const last = lives.pop() as string
  const left = (await Promise.all(lives.map(life => leases.depart(life, people, GRACE_MS)))).flat()
  t.deepEqual([...left, ...(await leases.reap(GRACE_MS)).edges], [])
  await leases.depart(last, people, GRACE_MS)
  const gone = await reaped(leases, people.length)
  t.is(gone.length, people.length)
  t.true(gone.every(({ online }) => !online))
  const versions = [...came, ...gone].map(({ version }) => version)
  t.is(new Set(versions).size, versions.length)
  t.true(Math.min(...gone.map(({ version }) => version)) > Math.max(...came.map(({ version }) => version)))
  t.deepEqual((await presence.of(people)).there, new Map())
  t.is((await presence.of([])).version, Math.max(...versions))
})

test('a version is larger than the last also when the clock goes back, and than all before Redis was emptied', async t => {
  const { redis, prefix, leases } = t.context
  const [ada] = crowd(1) as [UserId]
  const began = Date.now() * 1000 - 1_000_000
  const [came] = (await leases.arrive('one', [ada])) as [Edge]
  t.true(came.version > began)

  const ahead = came.version + 60_000_000
  await redis.set(`{${prefix}:presence}:version`, ahead)
  const [gone] = (await leases.depart('one', [ada], 0)) as [Edge]
  t.deepEqual(gone, { userId: ada, online: false, version: ahead + 1 })

  await redis.del(...(await redis.keys(`{${prefix}:presence}*`)))
  const [back] = (await leases.arrive('two', [ada])) as [Edge]
  t.true(back.version > came.version)
})

test('without a grace a person is gone at once, with the last life they are here with', async t => {
  const { leases } = t.context
  const [ada] = crowd(1) as [UserId]
  for (const life of ['one', 'two']) await leases.arrive(life, [ada])
  t.deepEqual(await leases.depart('one', [ada], 0), [])
  t.like(await leases.depart('two', [ada], 0), [{ userId: ada, online: false }])
})

test('a life that does not beat lapses whole, however many are here with it; one that beats does not', async t => {
  const { redis, prefix, leases } = t.context
  const [people, others] = [crowd(1300), crowd(50)]
  await leases.arrive('lapsing', [...people, ...others])
  await leases.arrive('beating', others)
  const beats = `{${prefix}:presence}:beats`
  await redis.zadd(beats, 0, 'lapsing')
  t.is(await leases.beat('beating'), others.length)
  const gone = await reaped(leases, people.length)
  t.deepEqual(gone.map(({ userId }) => userId).toSorted(), people.toSorted())
  t.deepEqual(await redis.zrange(beats, 0, -1), ['beating'])
  t.is(await leases.beat('lapsing'), 0)
})

test('of those who are gone nothing is kept', async t => {
  const { redis, prefix, leases } = t.context
  const people = crowd(5)
  await leases.arrive('one', people)
  await leases.depart('one', people, GRACE_MS)
  await reaped(leases, people.length)
  t.deepEqual((await redis.keys(`{${prefix}:presence}*`)).map(key => key.slice(key.lastIndexOf(':') + 1)).toSorted(), [
    'beats',
    'version',
  ])
})

test('who is withdrawn is gone without a grace, unless they are here with some life or were not there', async t => {
  const { leases } = t.context
  const [ada, bob, cara] = crowd(3) as [UserId, UserId, UserId]
  const life = randomUUID()
  await leases.arrive(life, [ada, bob])
  await leases.depart(life, [ada], 60_000)
  const edges = await leases.withdraw([ada, bob, cara])
  t.deepEqual(
    edges.map(({ userId, online }) => ({ userId, online })),
    [{ userId: ada, online: false }],
  )
  t.deepEqual(await leases.withdraw([ada]), [])
})
