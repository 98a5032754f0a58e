import type { ImageFormat } from '../../kernel/ports.ts'
import { Row } from '../../kernel/model.ts'
import type { UserId } from '../../kernel/scope.ts'

export type MediaId = string & { readonly MediaId: unique symbol }

export interface Rendition {
  readonly key: string
  readonly size: number
  readonly format: ImageFormat
  readonly width: number
  readonly height: number
  readonly bytes: number
}

/** A photo from its upload to its renditions. */
export class Media extends Row {
  static override tableName = 'media'
  static override jsonAttributes = ['renditions']
  declare id: MediaId
  declare ownerId: UserId
  declare status: 'awaiting' | 'processing' | 'ready' | 'failed'
  declare uploadKey: string
  declare contentType: string
  declare bytes: number
  declare width: number | null
  declare height: number | null
  declare thumbhash: string | null
  declare renditions: Rendition[]
  declare failure: string | null
}
