import { randomUUID } from 'node:crypto'
import test from 'ava'
import { connectRedis } from '../../src/infra/redis/connect.ts'
import { createLimits } from '../../src/infra/redis/limits.ts'
import { perDay, perHour, perMinute } from '../../src/kernel/limit.ts'

const HOUR_MS = 3_600_000
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const connect = (url = process.env.REDIS_URL ?? '') => connectRedis(url, silent, 'limits-test')

/** The counters as two processes have them. */
async function twoProcesses() {
  const prefix = `limits-${randomUUID()}`
  const ends = [connect(), connect()]
  await Promise.all(ends.map(redis => new Promise(resolve => redis.once('ready', resolve))))
  const [first, second] = ends.map(redis => createLimits(redis, prefix, 1, key => key).spend)
  if (!first || !second) throw new Error('Two connections make two of them')
  return { first, second, redis: ends[0]!, prefix, [Symbol.dispose]: () => ends.forEach(redis => redis.disconnect()) }
}

test('of many at once as many pass as there is room for, whichever process they ask', async t => {
  using here = await twoProcesses()
  const claims = [{ key: 'post', rates: [perHour(10), perDay(50)] }]
  const waits = await Promise.all(
    Array.from({ length: 40 }, (_, i) => (i % 2 ? here.first : here.second)(claims, 'share')),
  )
  t.is(waits.filter(wait => wait === 0).length, 10)
  t.true(waits.filter(Boolean).every(wait => wait > HOUR_MS / 2 && wait <= HOUR_MS))
})

test('what one rate refuses costs the others nothing, and the longest wait is named', async t => {
  using here = await twoProcesses()
  const { first, second } = here
  const rates = [perHour(4), perDay(5)]
  for (let i = 0; i < 4; i++) t.is(await first([{ key: 'k', rates }], 'share'), 0)
  for (let i = 0; i < 6; i++) {
    const wait = await second([{ key: 'k', rates }], 'share')
    t.true(wait > 0 && wait <= HOUR_MS) // the hour’s refusals take nothing of the day’s
  }
  t.is(await first([{ key: 'k', rates: perDay(5) }], 'share'), 0)
  t.true((await first([{ key: 'k', rates }], 'share')) > HOUR_MS)
})

test('what one key has no room for costs the others nothing', async t => {
  using here = await twoProcesses()
  const { first } = here
  const shared = { key: 'address', rates: perMinute(3) }
  const one = { key: 'ada', rates: perMinute(1) }
  t.is(await first([one, shared], 'share'), 0)
  for (let i = 0; i < 5; i++) t.true((await first([one, shared], 'share')) > 0)
  t.is(await first([{ ...one, key: 'bob' }, shared], 'share'), 0)
  t.is(await first([{ ...one, key: 'cara' }, shared], 'share'), 0)
  t.true((await first([{ ...one, key: 'dora' }, shared], 'share')) > 0)
})

test('what was taken counts when a rate grows, and what was refused does not', async t => {
  using here = await twoProcesses()
  const { first, second } = here
  for (let i = 0; i < 2; i++) t.is(await first([{ key: 'k', rates: perHour(2) }], 'share'), 0)
  for (let i = 0; i < 5; i++) t.true((await first([{ key: 'k', rates: perHour(2) }], 'share')) > 0)
  const waits = []
  for (let i = 0; i < 10; i++) waits.push(await second([{ key: 'k', rates: perHour(10) }], 'share'))
  t.is(waits.filter(wait => wait === 0).length, 8)
})

test('without Redis a process grants a quarter of every rate by itself, all of them together or none', async t => {
  const away = connect('redis://127.0.0.1:1')
  const { spend } = createLimits(away, 'limits', 1, key => key)
  const rates = [perHour(8), perDay(12)]
  t.is(await spend([{ key: 'k', rates }], 'share'), 0)
  t.is(await spend([{ key: 'k', rates }], 'share'), 0)
  for (let i = 0; i < 3; i++) {
    const wait = await spend([{ key: 'k', rates }], 'share')
    t.true(wait > 0 && wait <= HOUR_MS)
  }
  t.is(await spend([{ key: 'k', rates: perDay(12) }], 'share'), 0)
  t.true((await spend([{ key: 'k', rates: perDay(12) }], 'share')) > HOUR_MS)
  await t.throwsAsync(spend([{ key: 'other', rates }], 'refuse'), { name: 'Failure' })
  away.disconnect()
})
