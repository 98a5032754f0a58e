/** `npm run faults`: a server of its own, hurt in every way we could think of, and one table of what was seen. */
import { parseArgs } from 'node:util'
import { cases } from './cases.ts'
import { openCluster } from './cluster/index.ts'
import { randomOf } from './random.ts'
import { header, line } from './table.ts'

const { values } = parseArgs({
  options: {
    case: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '25' },
    all: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const seed = Number(values.seed)
const say = (text: string) => process.stdout.write(`${text}\n`)

const wanted = values.case ?? cases.map(({ name }) => name)
const unknown = wanted.filter(name => !cases.some(found => found.name === name))
if (unknown.length > 0) throw new Error(`There is no case ${unknown.join(', ')}; there are ${cases.map(({ name }) => name).join(', ')}`)

say(`seed ${seed}`)
await using cluster = await openCluster()
say(header)
let failed = 0
for (const one of cases.filter(({ name }) => wanted.includes(name))) {
  const seconds = Number(values.seconds)
  const report = await one.play(cluster, { seconds, random: randomOf(seed, one.name), settleMs: 30_000 })
  const shown = line(one, report)
  if (!shown.good) failed += 1
  say(shown.text)
}
say(failed === 0 ? 'All is well.' : `${failed} failed.`)
process.exitCode = failed === 0 ? 0 : 1
