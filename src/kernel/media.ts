/** The worlds that photos, videos and sounds go through: storage, what makes them ready, and what lets them be read. */
import type { Readable } from 'node:stream'

/** An object as storage describes it; `generation` names this exact content. */
export interface BlobStat {
  readonly bytes: number
  readonly contentType: string
  readonly generation: string
}

/**
 * How a client sends one file: by one request with exactly these headers. A `PUT` carries the bytes; a `POST` begins an
 * upload that may break off and go on: it answers a `Location`, to which the pieces are put.
 */
export interface SignedUpload {
  readonly method: 'PUT' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** What an upload must be to be taken. */
export interface UploadRule {
  readonly contentType: string
  readonly maxBytes: number
  /** How long it may take until it begins. */
  readonly seconds: number
  readonly resumable: boolean
}

/** From the first byte to the last, both counted from 0; without the last, to the end. */
export interface ByteRange {
  readonly first: number
  readonly last?: number
}

/** The bytes of an object, or a part of them. */
export interface BlobStream {
  readonly body: Readable
  readonly contentType: string
  /** How many bytes the whole object has. */
  readonly bytes: number
}

/** Google Cloud Storage, or the local server that speaks its API. Keys are never made from what a client sent. */
export interface Blobs {
  /** Signs one create-only upload of exactly this type and at most so many bytes. */
  signUpload(key: string, rule: UploadRule): Promise<SignedUpload>
  /** Describes an object, or null when there is none. */
  stat(key: string): Promise<BlobStat | null>
  /** Reads exactly this generation; throws when it is gone. */
  read(key: string, generation: string): Promise<Buffer>
  /** The same piece by piece. */
  open(key: string, generation: string): Promise<Readable>
  /** Begins to read an object as it is now, or a part of it that it has; null when there is none. */
  serve(key: string, range?: ByteRange): Promise<BlobStream | null>
  write(key: string, body: Buffer | Readable, contentType: string): Promise<void>
  /** Deletes an object; one that is already gone is no error. */
  remove(key: string): Promise<void>
  /** The objects whose keys begin with `prefix`, in order, behind the given key; at most so many. */
  list(prefix: string, after: string, most: number): Promise<readonly { readonly key: string; readonly madeAt: Date }[]>
}

/** One copy of a picture, a video or a sound, made to be read by clients: without metadata, a picture upright and in sRGB. */
export interface RenderedFile {
  /** What it is called among the files of its media, such as `480.webp`. */
  readonly file: string
  readonly type: FileType
  /** Null for a sound. */
  readonly width: number | null
  readonly height: number | null
  readonly bytes: number
  readonly body: Buffer | Readable
}
/** How files are called: `1080.webp`, `480-square.avif`. */
export const FILE_NAME = /^[\da-z-]{1,40}\.[\da-z]{3,5}$/
/** Where the files of a media lie in storage. */
export const folderOf = (mediaId: string) => `renditions/${mediaId}/`

export const FILE_TYPES = ['image/avif', 'image/webp', 'image/jpeg', 'video/mp4', 'audio/mp4'] as const
export type FileType = (typeof FILE_TYPES)[number]

/** The looks of a picture before it is there. */
export interface Looks {
  /** The upright size of the original. */
  readonly width: number
  readonly height: number
  /** Base64 of the ThumbHash, a blurred preview of about 25 bytes. */
  readonly thumbhash: string
  /** The colour there is most of, as `#rrggbb`. */
  readonly color: string
}

export interface RenderedImage extends Looks {
  readonly isAnimated: boolean
  readonly files: readonly RenderedFile[]
}

/** Makes the renditions of a photo. */
export interface Images {
  /**
   * Renders `original` in every size and format. `progress` is told the share done, 0 to 1.
   * Throws `UnreadableMedia` with a reason when the bytes are not a picture we accept.
   */
  render(original: Buffer, progress: (share: number) => void): Promise<RenderedImage>
}

/** The renditions of a video or a sound, kept on disk until it is disposed of. */
export interface Recording extends AsyncDisposable {
  /** The size of a video; null for a sound. */
  readonly width: number | null
  readonly height: number | null
  readonly durationMs: number
  /** A picture out of a video, to be shown before it plays; null for a sound. */
  readonly poster: Buffer | null
  readonly files: readonly RenderedFile[]
}

/** Makes the renditions of videos and sounds. */
export interface Recordings {
  /** Whether they can be made here: whether ffmpeg is installed. */
  readonly able: boolean
  /**
   * Renders `original`. `progress` is told the share done, 0 to 1. Throws `UnreadableMedia` with a reason when the bytes are
   * not a recording we accept.
   */
  render(kind: 'video' | 'audio', original: Readable, progress: (share: number) => void): Promise<Recording>
}

export type UnreadableReason =
  | 'not_an_image'
  | 'not_a_recording'
  | 'unsupported_format'
  | 'too_many_pixels'
  | 'too_many_frames'
  | 'too_many_scans'
  | 'too_long'
  | 'too_slow'
  | 'too_heavy'
  | 'damaged'

/** Thrown for bytes that can never become a rendition: the fault of the file, not of the moment. */
export class UnreadableMedia extends Error {
  override name = 'UnreadableMedia'
  readonly reason: UnreadableReason

  constructor(reason: UnreadableReason, options?: ErrorOptions) {
    super(`Unreadable media: ${reason}`, options)
    this.reason = reason
  }
}

/** The right to read the files of one media for a while. */
export interface MediaLink {
  /** An address with `{file}` in the place of the name of a file; begins with `/` where it is at the server's own address. */
  readonly template: string
  readonly expiresAt: Date
}

/** Gives the right to read media: an address that is good for at most five minutes, and the same for two. */
export interface MediaLinks {
  /** Made without asking anybody, some hundred thousand a second. */
  link(mediaId: string, now: Date): MediaLink
}
