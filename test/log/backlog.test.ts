import { setImmediate } from 'node:timers/promises'
import anyTest from 'ava'
import type { Knex } from 'knex'
import { befriend } from '../friends/support/befriend.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { keepsPosting } from './support/author.ts'
import { openDevice, type Device } from './support/device.ts'
import { holding } from './support/held.ts'
import { numbers, upTo } from './support/numbers.ts'

const test = anyTest as WorldTest
withWorld(test)

const BEHIND = 100_000
/** One in so many is for the one who comes back in the middle of it. */
const EVERY = 80
/** How much more memory this process may take, in which run two nodes, the worker and all the clients. */
const MEMORY_BYTES = 400e6

/** Puts so many events into the outbox, for `room` one in EVERY, counted from 1, and the others for nobody. */
const fallBehind = (db: Knex, room: string) =>
  db.raw(
    `insert into outbox (kind, name, payload, rooms, excluded)
     select 'event', 'test:flooded', json_build_object('n', n / ${EVERY})::text,
       array[case when n % ${EVERY} = 0 then ? else 'user:' || gen_random_uuid() end], '{}'
     from generate_series(1, ${BEHIND}) n`,
    [room],
  )

test('a relay far behind catches up in order while people write, and whoever resumes meanwhile has no hole', async t => {
  const { db, urls } = t.context
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  await befriend(ada, cara)
  await bob.hearsAll()
  const cursor = bob.client.cursor()
  const token = (await bob.client.auth.accessToken()) ?? ''
  const memory = process.memoryUsage().rss
  await holding(db, 'select from log_head for update', () => fallBehind(db, `user:${bob.id}`))
  const author = keepsPosting(ada)
  const reached = async (pos: number) => Number((await db('log_head').first<{ pos: string }>('pos')).pos) >= pos

  const devices: { device: Device; recovered: boolean }[] = []
  for (const part of [0.2, 0.4, 0.6, 0.8, 1]) {
    while (!(await reached(BEHIND * part)));
    const device = openDevice(urls[devices.length % 2] as string, { token, cursor })
    const { recovered, reason } = await device.ready
    t.true(recovered ? reason === 'resumed' : reason === 'amount')
    devices.push({ device, recovered })
  }
  t.true(devices.some(({ recovered }) => recovered))
  await author.writes(10)
  const written = await author.stop()
  await Promise.all([bob.hearsAll(), cara.hearsAll()])

  const counted = upTo(BEHIND / EVERY)
  t.deepEqual(numbers(bob.heard as unknown as Device['heard']), counted)
  for (const { device, recovered } of devices) {
    const heard = numbers(await device.hearsAll())
    t.deepEqual(heard, recovered ? counted : counted.slice(counted.length - heard.length))
    t.true(device.heard.every(({ pos }, i) => i === 0 || pos > (device.heard[i - 1]?.pos ?? 0)))
    device.socket.disconnect()
  }
  const posts = cara.heard.filter(({ name }) => name === 'post:created')
  t.deepEqual(
    posts.map(({ payload }) => (payload as { id: string }).id),
    written,
  )
  const { pos } = await db('log_head').first<{ pos: number }>('pos')
  while (!(await db('log_consumers').where('pos', '>=', pos).first())) await setImmediate()
  t.true(process.memoryUsage().rss - memory < MEMORY_BYTES, `${(process.memoryUsage().rss - memory) / 1e6} MB more`)
})
