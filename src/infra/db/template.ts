import type { Knex } from 'knex'
import type { Actor, Question } from '../../kernel/scope.ts'

/** Makes the question for whoever asks, and when. */
export type Template = (actor: Actor, now: Date) => Question

const ACTOR = { id: ':id', sessionId: ':session', epoch: ':epoch' } as unknown as Actor
const NOW = new Date(0)

/**
 * A query that has the same text whoever asks it and when: made and compiled once, and filled in each time. It is made
 * with stand-ins, so `make` must do nothing with the ids but bind them; of `now` it may also bind what was before or will be.
 */
export function template(make: (actor: Actor, now: Date) => Knex.QueryBuilder): Template {
  let compiled: Question | null = null
  return (actor, now) => {
    compiled ??= make(ACTOR, NOW).toSQL().toNative()
    const fill = (value: unknown): unknown => {
      if (value instanceof Date) return new Date(now.getTime() + value.getTime() - NOW.getTime())
      const slot = (Object.keys(ACTOR) as (keyof Actor)[]).find(name => ACTOR[name] === value)
      return slot ? (actor[slot] ?? null) : value
    }
    return { sql: compiled.sql, bindings: compiled.bindings.map(fill) }
  }
}
