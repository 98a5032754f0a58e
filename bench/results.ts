import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { median } from './figures.ts'

/** One line of a table: figures by round, and what they are to be. */
export interface Figure {
  readonly what: string
  readonly unit: string
  /** Absent: told, not judged. */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number }
  readonly figures: readonly number[]
  /** What a ratio or a difference is made of. */
  readonly kith?: readonly number[]
  readonly bare?: readonly number[]
}

export interface Section {
  readonly title: string
  /** How it was measured, in a few sentences. */
  readonly about: string
  readonly figures: readonly Figure[]
}

const FILE = new URL('RESULTS.md', import.meta.url)
const INTRO = `# Results

Written by the benches in this folder, a section each; \`npm run bench:log -- --only <name>\` writes one anew. Real processes on
loopback, the server and what it is compared with in the same run, in turn. A figure is the median of the rounds, with the
least and the greatest. Ratios are made round by round.
`

export const isMet = ({ target, figures }: Figure): boolean | null => {
  if (!target) return null
  return 'atLeast' in target ? median(figures) >= target.atLeast : median(figures) <= target.atMost
}

/** Puts a section in the place of its former self, or at the end. */
export function writeSection(section: Section, command: string, rounds: number): void {
  const text = existsSync(FILE) ? readFileSync(FILE, 'utf8') : ''
  const sections = new Map(
    text
      .split(/^(?=## )/m)
      .slice(1)
      .map(part => [titleOf(part), part.trimEnd()]),
  )
  sections.set(section.title, sectionText(section, command, rounds))
  writeFileSync(FILE, `${[INTRO.trimEnd(), ...sections.values()].join('\n\n')}\n`)
}

const titleOf = (part: string) => part.slice(3, part.indexOf('\n'))

function sectionText({ title, about, figures }: Section, command: string, rounds: number): string {
  const date = new Date().toISOString().slice(0, 10)
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`
  return [
    `## ${title}`,
    '',
    about,
    '',
    `\`${command}\`, ${date}, ${machine}, Node ${process.version}, rounds: ${rounds}.`,
    '',
    '| what | target | figure | spread | Kith | bare | |',
    '| - | - | - | - | - | - | - |',
    ...figures.map(rowText),
  ].join('\n')
}

function rowText(figure: Figure): string {
  const { what, unit, target, figures, kith, bare } = figure
  const wanted = target ? ('atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`) : ''
  const met = { true: 'met', false: '**missed**', null: '' }[String(isMet(figure)) as 'true']
  const middle = (values?: readonly number[]) => (values ? round(median(values)) : '')
  const spread = `${round(Math.min(...figures))} – ${round(Math.max(...figures))}`
  return `| ${[what, wanted, `${middle(figures)} ${unit}`.trim(), spread, middle(kith), middle(bare), met].join(' | ')} |`
}

/** Three digits that mean something. */
const round = (value: number) =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
