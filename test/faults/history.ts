/**
 * What was done in a run and what was heard, as seen from outside. Terminology:
 * - circle: those who may hear what one author shares with friends, named by the author's id.
 * - ear: one device that listens, with all its app was given.
 * - change: an acknowledged command that let a person into a circle or took them out of it.
 * Times are milliseconds of the harness's one clock. What was begun and not answered may have happened or not.
 */
export interface Span {
  readonly sentAt: number
  /** Infinity until it is answered. */
  readonly ackedAt: number
}

export interface Write extends Span {
  readonly key: string
  readonly writer: string
  /** Grows with each write of one writer, who begins none before the last was answered. */
  readonly number: number
  /** Whose circle hears it; null when nobody else may. */
  readonly circle: string | null
  /** The open post it is heard under; null when the whole circle hears it. */
  readonly room: string | null
}

export interface Change extends Span {
  readonly person: string
  /** Null means all circles: the session ended. */
  readonly circle: string | null
  readonly granted: boolean
}

export interface Hearing {
  /** Of the write it tells of; null for other events, which count for the order only. */
  readonly key: string | null
  /** Null where the server tells none. */
  readonly pos: number | null
  readonly at: number
}

export interface Ear {
  readonly person: string
  /** The circles it was in before anything changed. */
  readonly circles: ReadonlySet<string>
  readonly rooms: ReadonlySet<string>
  /** In the order its app was given them. */
  readonly heard: readonly Hearing[]
  /** From when to when it had no connection; Infinity while it has none. */
  readonly gaps: readonly { readonly from: number; readonly to: number }[]
  /** Why each connection after the first did not resume. */
  readonly unrecovered: readonly string[]
  /** How many connections did. */
  readonly resumed: number
  /** It proved in the end that everything had reached it. */
  readonly settled: boolean
}

export interface History {
  readonly writes: readonly Write[]
  readonly changes: readonly Change[]
  readonly ears: readonly Ear[]
}
