import type { Knex } from 'knex'
import type { Config } from '../../../src/main/config.ts'
import { plantFriends, plantPeople, type Planted } from '../../support/crowd.ts'
import type { Random } from '../random.ts'

/** Who takes part in a run. */
export interface Cast {
  readonly authors: readonly Planted[]
  readonly commenters: readonly Planted[]
  readonly viewers: readonly Seated[]
  /** Authors each with one of their circle, who is put out and taken in again. */
  readonly pairs: readonly { readonly author: Planted; readonly viewer: Seated }[]
}

export interface Seated {
  readonly person: Planted
  /** The authors whose circle they are in. */
  readonly circles: readonly string[]
  /** They listen with the app's own client. */
  readonly isClient: boolean
}

const AUTHORS = 20
const COMMENTERS = 4
const VIEWERS = 64
const CLIENTS = 8
const PAIRS = 15
const CIRCLES = 6
/** How many authors have a post that is open on screens; each commenter comments under all of them. */
export const OPEN_POSTS = 4

export async function plantCast(db: Knex, config: Config, random: Random): Promise<Cast> {
  const people = await plantPeople(db, config, AUTHORS + COMMENTERS + VIEWERS)
  const authors = people.slice(0, AUTHORS)
  const commenters = people.slice(AUTHORS, AUTHORS + COMMENTERS)
  const viewers = people.slice(AUTHORS + COMMENTERS).map((person, i) => {
    const circles = new Set([authors[i % AUTHORS]?.id ?? ''])
    while (circles.size < CIRCLES) circles.add(random.pick(authors).id)
    return { person, circles: [...circles], isClient: i >= VIEWERS - CLIENTS }
  })
  const pairs = viewers.slice(0, PAIRS).map((viewer, i) => ({ author: authors[i] as Planted, viewer }))
  const ofCommenters = commenters.flatMap(({ id }) =>
    authors.slice(0, OPEN_POSTS).map(author => [id, author.id] as const),
  )
  const ofViewers = viewers.flatMap(({ person, circles }) => circles.map(circle => [person.id, circle] as const))
  await plantFriends(db, [...ofCommenters, ...ofViewers])
  return { authors, commenters, viewers, pairs }
}
