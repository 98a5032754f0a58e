import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { isMet, writeSection, type Section } from './results.ts'
import { openStage, type Stage } from './stage.ts'

export type Lines = Readonly<Record<string, (stage: Stage, rounds: number) => Promise<Section>>>

/**
 * Measures each of `lines` and writes what was found. `-- --only a,b` measures some of them, `-- --rounds 3` less often,
 * `-- --profile <folder>` keeps CPU profiles. `own` are the options that a bench reads itself.
 */
export async function measure(script: string, lines: Lines, own: ParseArgsOptionsConfig = {}): Promise<void> {
  const { values } = parseArgs({
    options: {
      ...own,
      only: { type: 'string', default: Object.keys(lines).join() },
      rounds: { type: 'string', default: '5' },
      profile: { type: 'string' },
    },
  })
  const rounds = Number(values.rounds)
  const command = [`npm run ${script}`, ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ')
  const say = (line: string) => process.stdout.write(`${line}\n`)

  const chosen = values.only.split(',').map(name => {
    const line = lines[name]
    if (!line) throw new Error(`There is no ${name}; there are ${Object.keys(lines).join(', ')}`)
    return { name, line }
  })
  if (!(rounds >= 1)) throw new Error('Measure at least one round')

  await using stage = await openStage(values.profile)
  for (const { name, line } of chosen) {
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
}
