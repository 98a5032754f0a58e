import anyTest, { type TestFn } from 'ava'
import type { Person } from '../support/person.ts'
import { openWorld, type World } from '../support/world.ts'
import { openDevice } from './support/device.ts'
import { flood, nowhere } from './support/flood.ts'
import { numbers, upTo } from './support/numbers.ts'

/** More than a node keeps in memory. */
const RING = 25_001

const test = anyTest as TestFn<{ world: World; bob: Person; left: string }>
test.before(async t => {
  const world = await openWorld()
  const [bob] = await world.cast('Bob')
  await bob.hearsAll()
  const left = bob.client.cursor() as string
  t.context = { world, bob, left }
  await flood(world.db, `user:${bob.id}`, 1500)
  await flood(world.db, nowhere(), RING)
  await bob.hearsAll()
})
test.after.always(t => t.context.world[Symbol.asyncDispose]())

const back = async ({ world, bob, left }: { world: World; bob: Person; left: string }) => {
  const token = (await bob.client.auth.accessToken()) as string
  return world.urls.map(url => openDevice(url, { token, cursor: left }))
}

test.serial('what memory has no more is replayed from the database, on either node', async t => {
  for (const device of await back(t.context)) {
    t.like(await device.ready, { recovered: true, reason: 'resumed' })
    t.deepEqual(numbers(device.heard), upTo(1500))
    t.true(device.heard.every(({ replayed, pos }, i) => replayed && pos > (device.heard[i - 1]?.pos ?? 0)))
    device.socket.disconnect()
  }
})

test.serial('when it is too much to replay, nothing is replayed and the client is told to read afresh', async t => {
  const { world, bob } = t.context
  await flood(world.db, `user:${bob.id}`, 501)
  await bob.hearsAll()
  for (const device of await back(t.context)) {
    t.like(await device.ready, { recovered: false, reason: 'amount' })
    t.deepEqual(device.heard, [])
    device.socket.disconnect()
  }
})

test.serial('when the log reaches no more that far back, nothing is replayed either', async t => {
  const { world, left } = t.context
  await world
    .db('event_log')
    .where('pos', '<=', Number(left.split(':')[1]) + 1)
    .delete()
  for (const device of await back(t.context)) {
    t.like(await device.ready, { recovered: false, reason: 'age' })
    t.deepEqual(device.heard, [])
    device.socket.disconnect()
  }
})
