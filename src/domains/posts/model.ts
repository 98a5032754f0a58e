import { Model } from 'objection'
import { Row } from '../../kernel/model.ts'
import type { UserId } from '../../kernel/scope.ts'
import { Media, type MediaId } from '../media/model.ts'

export type PostId = string & { readonly PostId: unique symbol }

export const VISIBILITIES = ['public', 'friends', 'private'] as const
export type Visibility = (typeof VISIBILITIES)[number]

export class PostMedia extends Row {
  static override tableName = 'post_media'
  static override idColumn = ['postId', 'position']
  declare postId: PostId
  declare mediaId: MediaId
  declare position: number
  declare altText: string
  declare media?: Media

  static override relationMappings = () => ({
    media: {
      relation: Model.BelongsToOneRelation,
      modelClass: Media,
      join: { from: 'post_media.mediaId', to: 'media.id' },
    },
  })
}

export class Post extends Row {
  static override tableName = 'posts'
  declare id: PostId
  declare authorId: UserId
  declare text: string
  declare visibility: Visibility
  declare commentCount: number
  declare version: number
  declare deletedAt: Date | null
  declare attachments?: PostMedia[]

  static override relationMappings = () => ({
    attachments: {
      relation: Model.HasManyRelation,
      modelClass: PostMedia,
      join: { from: 'posts.id', to: 'post_media.postId' },
    },
  })
}
