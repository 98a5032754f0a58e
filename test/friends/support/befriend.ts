import type { Person } from '../../support/person.ts'

/** Makes friends of two people; resolves once both have heard it. */
export async function befriend(one: Person, other: Person): Promise<void> {
  await one.call('friend:request', { userId: other.id })
  await other.call('friend:accept', { userId: one.id })
  await Promise.all([one, other].map(person => person.next('friend:accepted')))
}
