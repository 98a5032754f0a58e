import type { Occurrence, Person } from '../../support/person.ts'

/** All that a person has heard up to now which names another, in whatever place. */
export async function mentions(person: Person, other: Person): Promise<Occurrence[]> {
  return (await person.hearsAll()).filter(({ payload }) => JSON.stringify(payload).includes(other.id))
}

/** The texts of all posts and comments a person has heard up to now. */
export async function texts(person: Person): Promise<string[]> {
  return (await person.hearsAll()).flatMap(({ payload }) => ('text' in payload ? [payload.text] : []))
}
