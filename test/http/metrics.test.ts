import anyTest, { type TestFn } from 'ava'
import { readConfig } from '../../src/main/config.ts'
import { startWeb } from '../../src/main/web.ts'
import { startWorker } from '../../src/main/worker.ts'
import { befriend } from '../friends/support/befriend.ts'
import { flood, nowhere } from '../log/support/flood.ts'
import { holding } from '../log/support/held.ts'
import { freshEnvironment, openWorld, type World } from '../support/world.ts'

interface Internal {
  readonly internalPort: number
}
const test = anyTest as TestFn<{ world: World; web: Internal & AsyncDisposable; worker: Internal & AsyncDisposable }>
test.before(async t => {
  const world = await openWorld()
  t.context = { world, web: await startWeb(world.config), worker: await startWorker(world.config) }
})
test.after.always(async t => {
  await t.context.web[Symbol.asyncDispose]()
  await t.context.worker[Symbol.asyncDispose]()
  await t.context.world[Symbol.asyncDispose]()
})

/** Every sample of one process, by name and labels without its role. */
async function samples({ internalPort }: Internal): Promise<Record<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${internalPort}/metrics`)).text()
  const lines = text.split('\n').filter(line => line.startsWith('kith_'))
  return Object.fromEntries(
    lines.map(line => {
      const [name = '', value] = line.replace(/,?role="\w+"/, '').split(' ')
      return [name.replace('{}', ''), Number(value)]
    }),
  )
}

test.serial('the metrics of the log move with it', async t => {
  const { world, web, worker } = t.context
  const [ada, bob] = await world.cast('Ada', 'Bob')
  await befriend(ada, bob)
  const before = await samples(web)
  await ada.call('post:create', { text: 'hello' })
  await bob.next('post:created')
  for (let after = await samples(web); ; after = await samples(web)) {
    const { kith_log_head: head = 0, kith_log_applied: applied, kith_log_lag: lag, kith_outbox_rows: rows } = after
    if (head === before.kith_log_head || applied !== head || lag !== 0 || rows !== 0) continue
    t.true((after.kith_gate_events_total ?? 0) > (before.kith_gate_events_total ?? 0))
    t.true((after.kith_ring_packets ?? 0) > (before.kith_ring_packets ?? 0))
    t.true((after['kith_gate_packets_total{source="live"}'] ?? 0) > 0)
    t.like(after, { kith_outbox_oldest_seconds: 0, kith_parked_entries: 0 })
    t.is(after.kith_relay_leading, 0) // the first of the world leads
    break
  }
  for (let found = await samples(worker); ; found = await samples(worker)) {
    if (found['kith_consumer_lag{consumer="reactions"}'] !== 0) continue
    t.is(found['kith_consumer_position{consumer="reactions"}'], found.kith_log_head)
    break
  }
})

test.serial('what waits for its place in the log is counted, and so is what is parked', async t => {
  const { world, web } = t.context
  await holding(world.db, 'select from log_head for update', async () => {
    await flood(world.db, nowhere(), 3)
    const { kith_outbox_rows: rows, kith_outbox_oldest_seconds: seconds = 0 } = await samples(web)
    t.is(rows, 3)
    t.true(seconds > 0)
    t.true(((await samples(web)).kith_outbox_oldest_seconds ?? 0) > seconds)
  })
  await world.db('parked_entries').insert({ consumer: 'reactions', pos: 1, name: 'any', error: 'any', tries: 3 })
  t.is((await samples(web)).kith_parked_entries, 1)
})

test.serial('what cannot be read is absent, and the rest is there', async t => {
  const { world, web } = t.context
  await world.db.raw('revoke select on log_consumers from kith_app')
  const found = await samples(web)
  t.false('kith_log_head' in found)
  t.false('kith_consumer_lag{consumer="reactions"}' in found)
  t.true('kith_log_applied' in found)
  await world.db.raw('grant select on log_consumers to kith_app')
  t.true('kith_log_head' in (await samples(web)))
})

test.serial('of all processes one tells that its relay leads, and another when that one is closed', async t => {
  const { env, drop } = await freshEnvironment()
  const config = readConfig(env)
  const first = await startWeb(config)
  const leading = async (web: Internal) => (await samples(web)).kith_relay_leading === 1
  while (!(await leading(first)));
  const second = await startWeb(config)
  t.false(await leading(second))
  await first[Symbol.asyncDispose]()
  while (!(await leading(second)));
  await second[Symbol.asyncDispose]()
  await drop()
  t.pass()
})
