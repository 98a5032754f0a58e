/** `npm run faults`: a server of its own, hurt in every way we could think of, and one table of what was seen. */
import { parseArgs } from 'node:util'
import { attempt } from './case.ts'
import { cases, usual } from './cases.ts'
import { openCluster } from './cluster/index.ts'
import { randomOf } from './random.ts'
import { header, legend, line } from './table.ts'

const USAGE = 'npm run faults -- [--case F6]… [--seconds 25] [--seed N], or npm run faults -- --all 180'
const SETTLE_MS = 60_000

const { values } = parseArgs({
  options: {
    case: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '25' },
    all: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const names = values.all === undefined ? (values.case ?? usual) : ['F18']
const seconds = Number(values.all ?? values.seconds)
const seed = Number(values.seed)
const unknown = names.filter(name => !cases.some(one => one.name === name))
if (unknown.length > 0 || !(seconds > 0) || !Number.isInteger(seed))
  throw new Error(`${USAGE}\nCases: ${cases.map(({ name }) => name).join(' ')}`)

const say = (text: string) => process.stdout.write(`${text}\n`)
say(`seed ${seed}`)
await using cluster = await openCluster()
say(header)
const failed: string[] = []
for (const one of cases.filter(({ name }) => names.includes(name))) {
  const report = await attempt(one, cluster, { seconds, random: randomOf(seed, one.name), settleMs: SETTLE_MS })
  const { text, good } = line(one, report)
  if (!good) failed.push(one.name)
  say(text)
}
say(legend)
say(failed.length === 0 ? 'All is well.' : `Not well: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
