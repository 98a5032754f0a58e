import type { Registry } from '../../kernel/app.ts'
import type { Command } from '../../kernel/command.ts'
import { httpStatusOf, type FailureKind } from '../../kernel/failure.ts'
import type { Rates } from '../../kernel/limit.ts'
import type { Event } from '../../kernel/event.ts'
import type { RoomKind } from '../../kernel/room.ts'
import type { Field } from '../../kernel/shape.ts'
import { Handshake } from '../../infra/socket/handshake.ts'
import { REPLAY, signals } from '../../infra/socket/signals.ts'
import { notation, WIDTH } from './notation.ts'
import { schemaOf } from './schema.ts'

/** Everything declared, as a Markdown document. */
export const contractOf = ({ commands, events, rooms, jobs, failures }: Registry): string => `# The contract

Printed from the declarations by \`npm run contract\`.

A client emits a command with one object and gets one ack: \`{ ok: true, data, meta: { requestId, cursor? } }\`, or
\`{ ok: false, error: { code, reason, message, retry, retryAfterMs?, fields? }, meta: { requestId } }\`. Beside its input a write may carry
\`clientId: uuid\`: a signed-in person who repeats it within 24 hours gets the same ack, and nothing happens twice.

In shapes, \`string(1–2000)\` is text of so many characters, \`instant\` a time in ISO 8601 and UTC, \`uuid[≤10]\` a list of
at most ten.

## The connection

Socket.IO, websocket only, with \`auth\` of this shape:

${shapes([written(Handshake)])}

What was missed comes as \`${REPLAY}\` with \`[name, payload, pos]\` each; an event is heard as \`(payload, pos)\`, one that
is ephemeral, now or never, as \`(payload, null)\`. Beside events a connection is told:

${table(
  ['signal', 'about'],
  signals.map(({ name, about }) => [code(name), about]),
)}

${shapes(signals.map(({ name, payload }) => `${name} ${written(payload)}`))}

## Commands

${table(
  ['command', 'about', 'who', 'access', 'limits', 'HTTP'],
  [...commands.values()].map(command => [
    code(command.name),
    command.about,
    command.auth,
    command.access,
    limitsOf(command),
    command.http ? code(`POST ${command.http}`) : '',
  ]),
)}

${shapes([...commands.values()].map(shapeOf))}

## Events

${table(
  ['event', 'about', 'heard by clients'],
  [...events.values()].map(event => [code(event.name), event.about, hearingOf(event)]),
)}

${shapes([...events.values()].map(({ name, payload }) => `${name} ${written(payload)}`))}

## Rooms

${table(
  ['room', 'about', 'how one gets in'],
  [...rooms.values()].map(room => [code(room.kind), room.about, entranceOf(room)]),
)}

## Jobs

${table(
  ['job', 'about', 'queue', 'attempts', 'every'],
  [...jobs.values()].map(job => [
    code(job.name),
    job.about,
    job.queue,
    String(job.attempts),
    job.everySeconds === undefined ? '' : spanOf(job.everySeconds),
  ]),
)}

${shapes([...jobs.values()].map(({ name, payload }) => `${name} ${written(payload)}`))}

## Failures

${table(
  ['code', 'reason', 'message', 'retry', 'HTTP'],
  [...failures.values()].map(kind => [
    code(kind.code),
    code(kind.reason),
    kind.message,
    mayRetry(kind) ? 'yes' : 'no',
    String(httpStatusOf(kind.code)),
  ]),
)}
`

const written = (field: Field<unknown>, indent?: string) => notation(schemaOf(field), indent)

function shapeOf({ name, input, ack }: Command): string {
  const line = `${name} ${written(input)} → ${written(ack)}`
  const fits = line.length <= WIDTH && !line.includes('\n')
  return fits ? line : `${name} ${written(input)}\n  → ${written(ack, '  ')}`
}

const mayRetry = (kind: FailureKind) => kind().toWire().retry

const UNITS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const
function spanOf(seconds: number): string {
  const [unit, name] = UNITS.find(([unit]) => seconds % unit === 0) ?? UNITS[3]
  return seconds === unit ? name : `${seconds / unit} ${name}s`
}
const ratesOf = (rates: Rates) =>
  [rates]
    .flat()
    .map(({ points, seconds }) => `${points}/${spanOf(seconds)}`)
    .join(' and ')

/** How often a command may be given, in words. */
export function limitsOf({
  limits: { caller, newcomers, address, target = [], callerOn = [], blind },
}: Command): string {
  const words = [
    `${ratesOf(caller)} for each caller`,
    newcomers && `1/${Math.round(1 / newcomers)} of that on the first day of an account`,
    address && `${ratesOf(address)} for each address`,
    ...[target]
      .flat()
      .map(({ each, across, rates }) => `${ratesOf(rates)} for each ${each}${across ? ' over all commands' : ''}`),
    ...[callerOn].flat().map(({ each, rates }) => `${ratesOf(rates)} for each caller on one ${each}`),
    blind === 'refuse' && 'none while they cannot be counted',
  ]
  return words.filter(Boolean).join(', ')
}

const hearingOf = ({ audience, ephemeral }: Event): string => (ephemeral ? 'ephemeral' : audience ? 'yes' : 'no')

function entranceOf({ standing, admits }: RoomKind): string {
  const ways = [...(standing ? ['standing'] : []), ...(admits ? ['by asking'] : [])]
  return ways.join(' or ') || 'nobody does'
}

const code = (text: string) => `\`${text}\``
const shapes = (lines: readonly string[]) => `\`\`\`ts\n${lines.join('\n\n')}\n\`\`\``

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heads), `|${heads.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n')
}
