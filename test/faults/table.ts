import type { Case, Report } from './cases.ts'

const COLUMNS: readonly (readonly [head: string, width: number, of: (report: Report) => string | number])[] = [
  ['written', 7, ({ verdict }) => verdict.writes],
  ['expected', 8, ({ verdict }) => verdict.expected],
  ['heard', 7, ({ verdict }) => verdict.delivered],
  ['lost', 5, ({ verdict }) => verdict.lost],
  ['again', 5, ({ verdict }) => verdict.repeated],
  ['order', 5, ({ verdict }) => verdict.disorder + verdict.disorderByWriter],
  ['leaked', 6, ({ verdict }) => verdict.unauthorised],
  ['kept', 6, ({ verdict }) => verdict.withheld],
  ['granted', 7, ({ verdict }) => verdict.lostAfterGrant],
  ['afresh', 6, ({ verdict }) => verdict.unrecovered],
  ['resumed', 7, ({ verdict }) => verdict.resumed],
  ['stream', 6, ({ packets }) => packets.stream ?? 0],
  ['base', 6, ({ packets }) => packets.database ?? 0],
  ['deaths', 6, ({ deaths }) => deaths],
  ['p50', 6, ({ verdict }) => verdict.p50],
  ['p99', 6, ({ verdict }) => verdict.p99],
  ['quiet', 6, ({ settledMs }) => settledMs],
]

export const header = ['case', ...COLUMNS.map(([head, width]) => head.padStart(width)), ' '].join(' ')

/** One line of the table, and whether it is as it must be. With `figures` false the machine is too slow to judge those. */
export function line({ name, title, mustFail }: Case, report: Report, figures = true): { text: string; good: boolean } {
  const cells = COLUMNS.map(([, width, of]) => String(of(report)).padStart(width))
  const over = report.figures
    .filter(({ value, atMost }) => atMost !== null && value > atMost)
    .map(({ name, value, atMost }) => `${name} ${value} > ${atMost}`)
  const wrong = [...report.wrong, ...(figures && !mustFail ? over : [])]
  const good = mustFail ? wrong.length > 0 : wrong.length === 0
  const said = mustFail && good ? `seen: ${wrong.join(', ')}` : wrong.join(', ') || (mustFail ? 'NOT SEEN' : '')
  const examples = !good && !mustFail ? report.verdict.examples.map(example => `\n       ${example}`).join('') : ''
  const mark = good ? '✓' : '✗'
  return { text: `${name.padEnd(4)} ${cells.join(' ')} ${mark} ${title}${said && `: ${said}`}${examples}`, good }
}
