import type { Ports } from '../../kernel/ports.ts'
import type { UserId } from '../../kernel/scope.ts'
import {
  extended,
  id,
  instant,
  integer,
  list,
  nullable,
  oneOf,
  shape,
  text,
  url,
  type Infer,
} from '../../kernel/shape.ts'
import type { Media, MediaId } from './model.ts'

const side = () => integer({ min: 1, max: 16_384 })

const RenditionWire = shape({
  /** The longest side it was made for, in pixels. */
  size: integer({ min: 1, max: 2048 }),
  format: oneOf('webp', 'jpeg'),
  width: side(),
  height: side(),
  bytes: integer({ min: 1, max: 100_000_000 }),
})

/** A photo as everyone is told of it. Links are not in it: they are given to whoever asks and may read. */
export const MediaWire = shape({
  id: id<MediaId>(),
  ownerId: id<UserId>(),
  status: oneOf('awaiting', 'processing', 'ready', 'failed'),
  width: nullable(side()),
  height: nullable(side()),
  /** Base64 of a ThumbHash, to show while the photo loads. */
  thumbhash: nullable(text({ max: 100 })),
  renditions: list(RenditionWire, { max: 20 }),
  failure: nullable(text({ max: 50 })),
})
export type MediaWire = Infer<typeof MediaWire>

export const toWire = (media: Media): MediaWire => ({
  id: media.id,
  ownerId: media.ownerId,
  status: media.status,
  width: media.width,
  height: media.height,
  thumbhash: media.thumbhash,
  renditions: media.renditions.map(({ size, format, width, height, bytes }) => ({
    size,
    format,
    width,
    height,
    bytes,
  })),
  failure: media.failure,
})

/** Links to the renditions of one photo, good until `expiresAt`. */
export const MediaLinks = shape({
  mediaId: id<MediaId>(),
  expiresAt: instant(),
  renditions: list(extended(RenditionWire, { url: url() }), { max: 20 }),
})
export type MediaLinks = Infer<typeof MediaLinks>

const LINK_SECONDS = 300

/** Signs links for someone who has been found to have the right to read. */
export async function linksOf(ports: Ports, { id, renditions }: Media, now: Date): Promise<MediaLinks> {
  const signed = renditions.map(async ({ key, ...rendition }) => ({
    ...rendition,
    url: await ports.blobs.signRead(key, LINK_SECONDS),
  }))
  const expiresAt = new Date(now.getTime() + LINK_SECONDS * 1000).toISOString()
  return { mediaId: id, expiresAt, renditions: await Promise.all(signed) }
}
