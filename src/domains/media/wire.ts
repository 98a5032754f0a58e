import { FILE_NAME, FILE_TYPES } from '../../kernel/media.ts'
import type { UserId } from '../../kernel/scope.ts'
import {
  bool,
  id,
  instant,
  integer,
  list,
  nullable,
  oneOf,
  shape,
  text,
  token,
  type Infer,
} from '../../kernel/shape.ts'
import { FAULT_REASONS, FAULTS } from './faults.ts'
import { KINDS } from './kinds.ts'
import type { Media, MediaId } from './model.ts'

const side = () => integer({ min: 1, max: 16_384 })

/** A photo, video or sound as everyone is told of it. Links are not in it: they are given to whoever asks and may read. */
export const MediaWire = shape({
  id: id<MediaId>(),
  ownerId: id<UserId>(),
  kind: oneOf(...KINDS),
  status: oneOf('awaiting', 'processing', 'ready', 'failed', 'removed'),
  width: nullable(side()),
  height: nullable(side()),
  durationMs: nullable(integer({ min: 0, max: 86_400_000 })),
  /** It has a rendition that moves: `480-animated.webp`. */
  isAnimated: bool(),
  /** Base64 of a ThumbHash, to show while the picture loads. */
  thumbhash: nullable(text({ max: 100 })),
  /** The colour there is most of. */
  color: nullable(token(/^#[\da-f]{6}$/, 'a colour, #rrggbb')),
  failure: nullable(shape({ reason: oneOf(...FAULT_REASONS), message: text({ max: 100 }) })),
})
export type MediaWire = Infer<typeof MediaWire>

export const toWire = (media: Media): MediaWire => ({
  id: media.id,
  ownerId: media.ownerId,
  kind: media.kind,
  status: media.status,
  width: media.width,
  height: media.height,
  durationMs: media.durationMs,
  isAnimated: media.isAnimated,
  thumbhash: media.thumbhash,
  color: media.color,
  failure: media.failure && { reason: media.failure, message: FAULTS[media.failure] },
})

/**
 * Links to the renditions of one photo, video or sound: `url` with the name of a file in the place of `{file}`, good until
 * `expiresAt`. It begins with `/` where the server itself is asked, at the address one is connected to.
 */
export const MediaLinks = shape({
  mediaId: id<MediaId>(),
  url: text({ max: 2048 }),
  expiresAt: instant(),
  renditions: list(
    shape({
      /** `1080.webp`; `480-square.webp` is cut to what catches the eye, `480-animated.webp` moves. */
      file: token(FILE_NAME, 'the name of a file'),
      type: oneOf(...FILE_TYPES),
      width: nullable(side()),
      height: nullable(side()),
      bytes: integer({ min: 1, max: 2 ** 31 - 1 }),
    }),
    { max: 30 },
  ),
})
export type MediaLinks = Infer<typeof MediaLinks>
