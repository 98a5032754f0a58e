import type { Case, Figure, Report } from './case.ts'
import { wrongs } from './judge.ts'

const COLUMNS: readonly (readonly [head: string, width: number, of: (report: Report) => string | number])[] = [
  ['written', 7, ({ verdict }) => verdict.writes],
  ['expected', 8, ({ verdict }) => verdict.expected],
  ['heard', 7, ({ verdict }) => verdict.delivered],
  ['lost', 5, ({ verdict }) => verdict.lost],
  ['repeat', 6, ({ verdict }) => verdict.repeated],
  ['order', 5, ({ verdict }) => verdict.disorder + verdict.disorderByWriter],
  ['leaked', 6, ({ verdict }) => verdict.unauthorised],
  ['withheld', 8, ({ verdict }) => verdict.withheld],
  ['afresh', 6, ({ verdict }) => verdict.unrecovered],
  ['resumed', 7, ({ verdict }) => verdict.resumed],
  ['stream', 6, ({ packets }) => packets.stream ?? 0],
  ['base', 6, ({ packets }) => packets.database ?? 0],
  ['harms', 5, ({ harms }) => harms],
  ['deaths', 6, ({ deaths }) => deaths],
  ['p50', 5, ({ verdict }) => verdict.p50],
  ['p99', 5, ({ verdict }) => verdict.p99],
  ['settled', 7, ({ settledMs }) => settledMs],
]

export const header = ['    ', ...COLUMNS.map(([head, width]) => head.padStart(width))].join(' ')

/** What the columns mean. */
export const legend = `
written: acknowledged writes. expected, heard: deliveries that had to be, and that were. lost, repeat, order, leaked: what must
be 0. withheld: had to be kept from one put out of a circle, and was. afresh: told to read afresh. resumed: connections that
went on where they were. stream, base: packets a gate mended from Redis, and from PostgreSQL. harms, deaths: how often harm
was done, and processes that died. p50, p99: from sending a command to hearing the event. settled: until all was heard after
the last harm. Times are in ms. M and N are wrong on purpose: ✓ says that it was seen.`

/** One line of the table, and whether it is as it must be. Without `figures` only what must not happen is judged. */
export function line({ name, title, mustFail }: Case, report: Report, figures = true): { text: string; good: boolean } {
  const cells = COLUMNS.map(([, width, of]) => String(of(report)).padStart(width))
  const told = report.figures.map(
    ({ name, value, atMost }) => `${name} ${value}${atMost === null ? '' : ` of ${atMost}`}`,
  )
  const over = told.filter((_, i) => isOver(report.figures[i]))
  const wrong = [...report.wrong, ...(figures && !mustFail ? over : [])]
  const seen = [...wrongs(report.verdict), ...(figures ? over : [])]
  const good = mustFail ? seen.length > 0 : wrong.length === 0
  const said = mustFail ? seen.join(', ') || 'nobody noticed' : wrong.join(', ') || told.join(', ')
  const examples = good ? [] : report.verdict.examples.map(example => `\n       ${example}`)
  const text = `${name.padEnd(4)} ${cells.join(' ')} ${good ? '✓' : '✗'} ${title}${said && `: ${said}`}`
  return { text: text + examples.join(''), good }
}

const isOver = (figure: Figure | undefined) =>
  figure !== undefined && figure.atMost !== null && !(figure.value <= figure.atMost)
