import type { RenderedFile } from '../../kernel/media.ts'
import { Row } from '../../kernel/model.ts'
import type { UserId } from '../../kernel/scope.ts'
import type { Fault } from './faults.ts'
import type { Kind } from './kinds.ts'

export type MediaId = string & { readonly MediaId: unique symbol }

/** One file that clients may read. */
export type Rendition = Omit<RenderedFile, 'body'>

/** A photo, video or sound from its upload to its renditions, and to the end of them. */
export class Media extends Row {
  static override tableName = 'media'
  static override jsonAttributes = ['renditions']
  declare id: MediaId
  declare ownerId: UserId
  declare kind: Kind
  declare status: 'awaiting' | 'processing' | 'ready' | 'failed' | 'removed'
  declare uploadKey: string
  declare contentType: string
  /** How many the original may have. */
  declare bytes: number
  /** The content of the original that was found right. */
  declare generation: string | null
  declare width: number | null
  declare height: number | null
  declare durationMs: number | null
  declare isAnimated: boolean
  declare thumbhash: string | null
  declare color: string | null
  declare renditions: Rendition[]
  /** The sum of the renditions. */
  declare storedBytes: number
  declare failure: Fault | null
  /** When it was put into something. */
  declare attachedAt: Date | null
  declare purgedAt: Date | null
}
