/** `npm run bench:log`: what the log costs. `-- --only fanout,posts` measures some of it, `-- --rounds 3` less often, `-- --profile <folder>` keeps CPU profiles. */
import { parseArgs } from 'node:util'
import { connections } from './log/connections.ts'
import { fanout } from './log/fanout.ts'
import { latency } from './log/latency.ts'
import { listenerless } from './log/listenerless.ts'
import { posts } from './log/posts.ts'
import { resumes } from './log/resumes.ts'
import { isMet, writeSection, type Section } from './results.ts'
import { openStage, type Stage } from './stage.ts'

const LINES: Readonly<Record<string, (stage: Stage, rounds: number) => Promise<Section>>> = {
  fanout,
  posts,
  latency,
  listenerless,
  connections,
  resumes,
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(LINES).join() },
    rounds: { type: 'string', default: '5' },
    profile: { type: 'string' },
  },
})
const rounds = Number(values.rounds)
const command = ['npm run bench:log', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ')
const say = (line: string) => process.stdout.write(`${line}\n`)

const lines = values.only.split(',').map(name => {
  const line = LINES[name]
  if (!line) throw new Error(`There is no ${name}; there are ${Object.keys(LINES).join(', ')}`)
  return { name, line }
})
if (!(rounds >= 1)) throw new Error('Measure at least one round')

await using stage = await openStage(values.profile)
for (const { name, line } of lines) {
  say(`${name} …`)
  const started = performance.now()
  const section = await line(stage, rounds)
  writeSection(section, command, rounds)
  const missed = section.figures.filter(figure => isMet(figure) === false).map(({ what }) => what)
  say(
    `${name}: ${Math.round((performance.now() - started) / 1000)} s${missed.length ? `, missed: ${missed.join('; ')}` : ''}`,
  )
}
say('Written to bench/RESULTS.md')
