import type { IncomingMessage } from 'node:http'
import type { StoredObject } from './objects.ts'
import { NotModified, PreconditionFailed } from './refusal.ts'

/** What must be true of an object for a request to be carried out. Generation 0 stands for no object. */
export interface Preconditions {
  readonly generation?: string | undefined
  readonly notGeneration?: string | undefined
  readonly metageneration?: string | undefined
  readonly notMetageneration?: string | undefined
}

/** The preconditions in the query of a JSON request. */
export const conditionsInQuery = (query: URLSearchParams): Preconditions => ({
  generation: query.get('ifGenerationMatch') ?? undefined,
  notGeneration: query.get('ifGenerationNotMatch') ?? undefined,
  metageneration: query.get('ifMetagenerationMatch') ?? undefined,
  notMetageneration: query.get('ifMetagenerationNotMatch') ?? undefined,
})

/** The preconditions in the headers of a signed request. */
export const conditionsInHeaders = ({ headers }: IncomingMessage): Preconditions => ({
  generation: headers['x-goog-if-generation-match']?.toString(),
  metageneration: headers['x-goog-if-metageneration-match']?.toString(),
})

/** Refuses when a precondition does not hold. */
export function check(conditions: Preconditions, object: StoredObject | undefined, reading = false): void {
  const generation = String(object?.generation ?? 0)
  const metageneration = String(object?.metageneration ?? 0)
  const wrong =
    (conditions.generation ?? generation) !== generation ||
    (conditions.metageneration ?? metageneration) !== metageneration
  if (wrong) throw PreconditionFailed()
  const same = conditions.notGeneration === generation || conditions.notMetageneration === metageneration
  if (same) throw reading ? NotModified() : PreconditionFailed()
}
