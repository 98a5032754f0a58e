/** Who is found by what somebody typed, and in what order. */
import type { Knex } from 'knex'
import type { UserCtx, UserId } from '../../kernel/scope.ts'
import { ofMeetable } from '../accounts/policy.ts'
import { Profile } from './model.ts'

/** Whom a search found: first who has the username, then whose begins so, then the others, the likest first. */
export interface Found {
  readonly userId: UserId
  readonly place: number
}

const WITHIN_MS = 2000
const LETTER = /[\p{L}\p{N}]/u

/** As names are kept; an @ in front of a username is not part of it. */
const termOf = (query: string) => query.normalize('NFC').trim().replace(/^@/, '')
const literally = (term: string) => term.replaceAll(/[\\%_]/g, String.raw`\$&`)

/** Of the people the actor may meet, the first `limit` after one that was found before. */
export async function search(ctx: UserCtx, query: string, limit: number, after: Found | null): Promise<Found[]> {
  const term = termOf(query)
  if (!LETTER.test(term)) return []
  await ctx.db.raw(`select set_config('statement_timeout', ?, true)`, [String(WITHIN_MS)])
  return ctx.db
    .from(matches(ctx, term).as('found'))
    .modify(page => {
      if (after) void page.whereRaw('(place, user_id) > (?, ?)', [after.place, after.userId])
    })
    .orderBy(['place', 'userId'])
    .limit(limit)
    .select<Found[]>('userId', 'place')
}

/** All of them, in no order. */
export const matches = (ctx: UserCtx, term: string): Knex.QueryBuilder =>
  Profile.query(ctx.db)
    .where(ctx.db.raw(MATCHES, { term, start: literally(term) }))
    .modify(ofMeetable(ctx, 'profiles.userId'))
    .select('profiles.userId', ctx.db.raw(PLACE, { term, start: literally(term) }))
    .toKnexQuery()

/** Each of these is asked of an index; the names are in small letters there. */
const MATCHES = `(username like lower(:start) || '%' or username % lower(:term)
  or lower(display_name) like lower(:start) || '%' or lower(display_name) like '% ' || lower(:start) || '%'
  or lower(:term) <% lower(display_name))`
const PLACE = `case when username = lower(:term) then 0 when username like lower(:start) || '%' then 1
  else 2 + round(1000 * (1 - greatest(similarity(username, lower(:term)),
    word_similarity(lower(:term), lower(display_name)))))::integer end as place`
