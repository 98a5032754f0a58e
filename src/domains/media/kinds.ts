/** What may be uploaded: each type with its kind, and how much of each kind. */
export const KINDS = ['image', 'video', 'audio'] as const
export type Kind = (typeof KINDS)[number]

const TYPES = {
  image: ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif', 'image/heic', 'image/heif'],
  video: ['video/mp4', 'video/quicktime', 'video/webm'],
  audio: ['audio/mpeg', 'audio/mp4', 'audio/aac', 'audio/ogg', 'audio/webm', 'audio/wav'],
} as const

export const CONTENT_TYPES = [...TYPES.image, ...TYPES.video, ...TYPES.audio] as const
export type ContentType = (typeof CONTENT_TYPES)[number]

export const kindOf = (type: ContentType): Kind =>
  KINDS.find(kind => (TYPES[kind] as readonly string[]).includes(type)) ?? 'image'

const MEGABYTE = 1024 * 1024
export const MAX_BYTES: Readonly<Record<Kind, number>> = {
  image: 10 * MEGABYTE,
  video: 100 * MEGABYTE,
  audio: 20 * MEGABYTE,
}

/** From this size on an upload may break off and go on. */
export const RESUMABLE_BYTES = 8 * MEGABYTE
/** What one person may ask to upload in a day. */
export const DAILY_BYTES = 1024 * MEGABYTE
