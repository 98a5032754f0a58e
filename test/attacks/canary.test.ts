import anyTest, { type TestFn } from 'ava'
import knex from 'knex'
import { registry } from '../../src/kernel/app.ts'
import { slices } from '../../src/main/domains.ts'
import { dump } from '../support/dump.ts'
import { freshEnvironment } from '../support/world.ts'
import { missing, strays, type Place } from './support/canaries.ts'
import { doWell, type Deeds } from './support/deeds.ts'
import { doBadly } from './support/misdeeds.ts'
import { keptInRedis, tap, watched, type Tapped } from './support/taps.ts'

const test = anyTest as TestFn<{ deeds: Deeds; places: readonly Place[] }>

/** Whatever people do, and however it goes wrong; then all that the server has said and kept. */
test.before(async t => {
  t.timeout(120_000)
  await using stack = new AsyncDisposableStack()
  const { env, ownerUrl, drop } = await freshEnvironment({ LOG_LEVEL: 'debug', LIMIT_SCALE: '100', DRAIN_SECONDS: '1' })
  stack.defer(drop)
  const db = knex({ client: 'pg', connection: ownerUrl, pool: { min: 0, max: 4 } })
  stack.defer(() => db.destroy())
  const start = async (entry: string) => {
    const tapped = await tap(entry, env)
    stack.defer(() => tapped.stop())
    return tapped
  }
  const [first, second, worker] = await Promise.all([
    start('src/main/web.ts'),
    start('src/main/web.ts'),
    start('src/main/worker.ts'),
  ])
  const urlOf = ({ port }: Tapped) => `http://127.0.0.1:${port}`
  const deeds: Deeds = { urls: [urlOf(first), urlOf(second)], env, canaries: [], people: [], done: new Set() }

  stack.defer(() => deeds.people.forEach(({ client }) => client.close()))
  await doBadly(deeds, await doWell(deeds), db)
  await worker.says('job failed')

  const processes = [first, second, worker]
  const places = await Promise.all(processes.map(async process => ({ name: 'metrics', text: await watched(process) })))
  await Promise.all(processes.map(process => process.stop()))
  t.context = {
    deeds,
    places: [
      ...places,
      ...processes.map(process => ({ name: 'output', text: process.said() })),
      ...(await keptInRedis(env.REDIS_URL ?? '', env.REDIS_PREFIX ?? '')),
      ...Array.from(await dump(db), ([name, text]) => ({ name, text })),
    ],
  }
})

const allOf = (places: readonly Place[], name: string) =>
  places
    .filter(place => place.name === name)
    .map(({ text }) => text)
    .join('\n')

test('every command was done, and what was looked through is what was said and kept', t => {
  const { deeds, places } = t.context
  const names = [...registry(slices).commands.keys()]
  t.deepEqual(
    names.filter(name => !deeds.done.has(name)),
    [],
    'do it well in test/attacks/support/deeds.ts',
  )
  t.deepEqual(missing(deeds.canaries, places), [])
  const output = allOf(places, 'output')
  for (const said of ['web is up', 'worker is up', 'broken', 'unavailable', 'job failed', 'could not be read'])
    t.true(output.includes(said), said)
  t.true(allOf(places, 'metrics').includes('kith_command_seconds'))
  t.true(allOf(places, 'redis').includes(':jobs}:'))
})

test('nothing private is in the output, the metrics, Redis or a table, but where it is kept', t => {
  const { deeds, places } = t.context
  t.true(deeds.canaries.length > 30)
  t.deepEqual(strays(deeds.canaries, places), [])
})

test('a canary that strays is seen, whichever it is and however it is written', t => {
  const { canaries } = t.context.deeds
  for (const canary of canaries) {
    const text = `{"level":"info","why":"${canary.text} failed"}`
    t.true(strays(canaries, [{ name: 'output', text }]).includes(`${canary.what} in output`), canary.what)
  }
  const [{ text, what }] = canaries as [Deeds['canaries'][number]]
  for (const encoding of ['hex', 'base64', 'base64url'] as const) {
    const place = { name: 'redis', text: Buffer.from(text).toString(encoding) }
    t.deepEqual(strays(canaries, [place]), [`${what} in redis`])
  }
})
