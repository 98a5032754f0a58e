/** What a person may say of themselves. */
import { Invalid } from '../../kernel/failure.ts'
import { id, integer, nullable, optional, shape, text, token, url, type Infer } from '../../kernel/shape.ts'
import type { MediaId } from '../media/model.ts'
import { nameOf, problemOf } from './names.ts'
import { username } from './usernames.ts'

const YEARS = 13
const EARLIEST = '1900-01-01'

export const ProfileForm = shape({
  username: optional(username()),
  displayName: optional(text({ max: 200, line: true })),
  bio: optional(text({ min: 0, max: 500 })),
  location: optional(nullable(text({ max: 100, line: true }))),
  website: optional(nullable(url({ max: 200 }))),
  birthDate: optional(nullable(token(/^\d{4}-\d\d-\d\d$/, 'a date, YYYY-MM-DD'))),
  gender: optional(nullable(text({ max: 20, line: true }))),
  /** One’s own photo that is in nothing yet; null takes away what there is. */
  avatar: optional(nullable(id<MediaId>())),
  cover: optional(nullable(id<MediaId>())),
  version: optional(integer({ min: 0, max: 2 ** 31 - 1 })),
})
export type Changes = Omit<Infer<typeof ProfileForm>, 'version' | 'avatar' | 'cover'>

/** The changes as they are kept; refuses, field by field, what no shape can. */
export function tidied(changes: Changes, now: Date): Changes {
  const { website, birthDate } = changes
  const displayName = changes.displayName === undefined ? undefined : nameOf(changes.displayName)
  const nameProblem = displayName === undefined ? undefined : problemOf(displayName)
  const fields = {
    ...(nameProblem && { displayName: `displayName ${nameProblem}` }),
    ...(website && namesSomebody(website) && { website: 'website must not name a user before its host' }),
    ...(birthDate && birthDateProblem(birthDate, now)),
  }
  if (Object.keys(fields).length > 0) throw Invalid({ fields })
  return displayName === undefined ? changes : { ...changes, displayName }
}

/** As in https://kith.example@elsewhere.example, which is a page of elsewhere. */
const namesSomebody = (website: string) => /^https?:\/\/[^/?#]*@/i.test(website)

function birthDateProblem(birthDate: string, now: Date) {
  const today = now.toISOString().slice(0, EARLIEST.length)
  const latest = `${Number(today.slice(0, 4)) - YEARS}${today.slice(4)}`
  if (!isDay(birthDate) || birthDate < EARLIEST) return { birthDate: `birthDate must be a day since ${EARLIEST}` }
  return birthDate > latest ? { birthDate: `birthDate must be at least ${YEARS} years ago` } : undefined
}

/** Whether the calendar has it: it does not have the 30th of February. */
function isDay(date: string): boolean {
  const time = Date.parse(`${date}T00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date)
}
