import { createHash } from 'node:crypto'
import type { Knex } from 'knex'
import type { App } from '../../kernel/app.ts'
import type { Remembered, Request } from '../../kernel/remember.ts'
import type { Closing, Opened, Opening, Question } from '../../kernel/scope.ts'
import { toOutbox } from '../log/outbox.ts'
import { glance, handled, transact, type Answers, type Rows, type Statement } from './transaction.ts'

/** Shows a person's private rows, and tells where the snapshot stands in the log. */
const entry = (person: string): Statement => ({
  name: 'entry',
  text: `select set_config('app.user_id', $1, true), epoch || ':' || pos as cursor from log_head`,
  values: [person],
})

const recall = ({ userId, clientId }: Request): Statement => ({
  name: 'recall',
  text: 'select digest, ack from remembered_acks where user_id = $1 and client_id = $2',
  values: [userId, clientId],
})

const within = (ms: number): Statement => ({
  name: 'within',
  text: `select set_config('statement_timeout', $1, true)`,
  values: [Math.ceil(ms)],
})

const question = ({ sql, bindings }: Question): Statement => ({
  name: createHash('md5').update(sql).digest('base64'),
  text: sql,
  values: [...bindings],
})

const beginning = ({ person, request, ask }: Omit<Opening, 'readOnly'>) => [
  entry(person ?? ''),
  request && recall(request),
  ask && question(ask),
]

function openedOf([entered, recalled, asked]: Answers): Opened {
  const { cursor } = firstOf(entered) as { cursor: string }
  return { cursor, known: firstOf(recalled) as Remembered | null, asked: firstOf(asked) }
}

const firstOf = (answer: Rows | null | undefined): unknown => answer?.rows[0] ?? null

/** What a scope leaves, in one statement: so the time it has is for all of it. */
function leave(request: Request | null, { effects, ack, withinMs }: Closing): Statement[] {
  const outbox = effects.length > 0 ? toOutbox(effects) : null
  const last = request && ack ? remember(request, ack, outbox) : outbox
  return last && withinMs !== null ? [within(withinMs), last] : last ? [last] : []
}

function remember({ userId, clientId, digest }: Request, ack: unknown, beside: Statement | null): Statement {
  const { name = '', text } = beside ?? {}
  const values = beside?.values ?? []
  const place = [1, 2, 3, 4].map(n => `$${values.length + n}`)
  return {
    name: `remember${name}`,
    text: `${text ? `with beside as (${text}) ` : ''}
      insert into remembered_acks (user_id, client_id, digest, ack) values (${place.join(', ')})`,
    values: [...values, userId, clientId, digest, JSON.stringify(ack)],
  }
}

/** Shows another person's private rows from here on in this transaction. */
export async function enter(trx: Knex, person: string): Promise<void> {
  await trx.raw(`select set_config('app.user_id', ?, true)`, [person])
}

/** The transactions that commands and jobs run in. */
export const scopes = (db: Knex): Pick<App, 'transact' | 'glance' | 'enter'> => ({
  glance: async opening => openedOf(await glance(db, beginning(opening))),
  transact: (opening, body) =>
    transact(db, { readOnly: opening.readOnly, first: beginning(opening) }, async (trx, answers) => {
      const { result, closing } = await body(trx, handled(answers.then(openedOf)))
      return { result, last: leave(opening.request, closing) }
    }),
  enter,
})
