import type { Events } from '../../../client/index.ts'
import type { Person } from '../../support/person.ts'

export type Edge = Events['presence:changed']

/** What one person has heard of another's coming and going, oldest first. */
export const edgesHeard = (listener: Person, of: Person): Edge[] =>
  listener.glimpsed
    .filter(({ name }) => name === 'presence:changed')
    .map(({ payload }) => payload as Edge)
    .filter(({ userId }) => userId === of.id)

/** The next news of another person that says this. */
export const hears = (listener: Person, of: Person, online: boolean): Promise<Edge> =>
  listener.next('presence:changed', edge => edge.userId === of.id && edge.online === online)

/** The friends one finds there, by id. */
export const findsThere = async (person: Person): Promise<string[]> =>
  (await person.call('presence:list', {})).items.map(({ userId }) => userId as string).toSorted()
