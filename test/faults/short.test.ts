/** The short cut of `npm run faults`: each fault for some seconds. Only what must not happen is judged, for a machine may be slow. */
import anyTest, { type TestFn } from 'ava'
import { attempt } from './case.ts'
import { cases } from './cases.ts'
import { openCluster, type Cluster } from './cluster/index.ts'
import { randomOf } from './random.ts'
import { header, line } from './table.ts'

const SECONDS = 5
const SETTLE_MS = 60_000
/** A blunder that leaves somebody waiting for ever is noticed sooner. */
const BLUNDER_SETTLE_MS = 10_000
const SHORT = 'F0 F1 F2 F3 F4 F4b F5 F6 F7 F7b F8 F9 F12 F13 F14 F15 F16 F17 F18'.split(' ')
const BLUNDERS = ['M1', 'M2', 'M3', 'M4', 'M5', 'N1']

const test = anyTest as TestFn<{ cluster: Cluster }>
test.before(async t => {
  t.timeout(120_000)
  t.context = { cluster: await openCluster() }
})
test.after.always(t => t.context.cluster[Symbol.asyncDispose]())

const seed = Date.now() % 1_000_000
for (const one of cases.filter(({ name }) => [...SHORT, ...BLUNDERS].includes(name)))
  test.serial(
    one.mustFail ? `the judge sees when ${one.title}` : `nothing is lost, repeated or leaked: ${one.title}`,
    async t => {
      t.timeout(240_000)
      const settleMs = one.mustFail ? BLUNDER_SETTLE_MS : SETTLE_MS
      const report = await attempt(one, t.context.cluster, {
        seconds: SECONDS,
        random: randomOf(seed, one.name),
        settleMs,
      })
      const { text, good } = line(one, report, false)
      t.true(good, `seed ${seed}\n${header}\n${text}`)
    },
  )
