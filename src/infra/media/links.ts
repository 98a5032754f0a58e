import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { folderOf, type MediaLink, type MediaLinks } from '../../kernel/media.ts'

/** How long a link stays the same, so that browsers find again what they have. */
const WINDOW_SECONDS = 120
/** How long a link is good at least; at most it is so and a window, which is five minutes. */
const LEAST_SECONDS = 180

/** The end of a link made now, in seconds since 1970. */
const endOf = (now: Date) => (Math.floor(now.getTime() / 1000 / WINDOW_SECONDS) + 1) * WINDOW_SECONDS + LEAST_SECONDS

export interface KithLinksOptions {
  /** Where the server is asked for media; empty for its own address. */
  readonly base: string
  readonly keys: Readonly<Record<string, Buffer>>
  /** The key of new links. */
  readonly activeKid: string
}

export interface KithLinks extends MediaLinks {
  /** The end, in seconds since 1970, of a right to read the files of a media; null for one that is not good. */
  verify(
    mediaId: string,
    right: { readonly e?: unknown; readonly k?: unknown; readonly s?: unknown },
    now: Date,
  ): number | null
}

/** Links to the server itself: `e` is the end, `k` the key, `s` the signature. */
export function kithLinks({ base, keys, activeKid }: KithLinksOptions): KithLinks {
  // Made ready once: given as bytes, a key costs more than what it signs.
  const secrets = new Map(Object.entries(keys).map(([kid, key]) => [kid, createSecretKey(key)]))
  const sign = (kid: string, mediaId: string, end: number) => {
    const key = secrets.get(kid)
    return key && createHmac('sha256', key).update(`${mediaId} ${end}`).digest()
  }
  return {
    link(mediaId, now): MediaLink {
      const end = endOf(now)
      const signature = sign(activeKid, mediaId, end)?.toString('base64url')
      return {
        template: `${base}/media/${mediaId}/{file}?e=${end}&k=${activeKid}&s=${signature}`,
        expiresAt: new Date(end * 1000),
      }
    },
    verify(mediaId, { e, k, s }, now) {
      if (typeof e !== 'string' || typeof k !== 'string' || typeof s !== 'string' || !/^\d{10}$/.test(e)) return null
      const end = Number(e)
      if (end * 1000 <= now.getTime()) return null
      const wanted = sign(k, mediaId, end)
      const given = Buffer.from(s, 'base64url')
      const isRight = wanted?.length === given.length && timingSafeEqual(wanted, given)
      return isRight && given.toString('base64url') === s ? end : null
    },
  }
}

/** Base64 for URLs with its padding, as Google’s own samples have it. */
const padded = (bytes: Buffer) => bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_')

export interface CdnLinksOptions {
  readonly base: string
  readonly keyName: string
  readonly key: Buffer
}

/**
 * Links to Google's Cloud CDN in front of the bucket, signed for all that begins with the folder of a media, as it has it:
 * https://cloud.google.com/cdn/docs/using-signed-urls
 */
export function cdnLinks({ base, keyName, key }: CdnLinksOptions): MediaLinks {
  const secret = createSecretKey(key)
  return {
    link(mediaId, now) {
      const end = endOf(now)
      const folder = `${base}/${folderOf(mediaId)}`
      const policy = `URLPrefix=${padded(Buffer.from(folder))}&Expires=${end}&KeyName=${keyName}`
      const signature = createHmac('sha1', secret).update(policy).digest()
      return { template: `${folder}{file}?${policy}&Signature=${padded(signature)}`, expiresAt: new Date(end * 1000) }
    },
  }
}
