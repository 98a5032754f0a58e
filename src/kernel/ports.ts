import type { Claim, Rate } from './limit.ts'
import type { UserId } from './scope.ts'

/** What lies outside the database: each port is one outside world, wrapped once in `infra/`. */
export interface Ports {
  readonly blobs: Blobs
  readonly images: Images
  readonly push: Push
  readonly identities: Identities
  readonly sms: Sms
  readonly mail: Mail
  readonly links: Links
  readonly passwords: Passwords
  readonly vault: Vault
  readonly tokens: Tokens
  readonly presence: Presence
  readonly pace: Pace
}

/** An object as storage describes it; `generation` names this exact content. */
export interface BlobStat {
  readonly bytes: number
  readonly contentType: string
  readonly generation: string
}

/** How a client sends one file: one request, with exactly these headers. */
export interface SignedUpload {
  readonly method: 'PUT'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** Google Cloud Storage, or the local server that speaks its API. Keys are never made from what a client sent. */
export interface Blobs {
  /** Signs one create-only upload of exactly this type and at most `maxBytes` bytes, valid for `seconds`. */
  signUpload(
    key: string,
    rule: { readonly contentType: string; readonly maxBytes: number; readonly seconds: number },
  ): Promise<SignedUpload>
  /** Signs the right to read one object for `seconds`. */
  signRead(key: string, seconds: number): Promise<string>
  /** Describes an object, or null when there is none. */
  stat(key: string): Promise<BlobStat | null>
  /** Reads exactly this generation; throws when it is gone. */
  read(key: string, generation: string): Promise<Buffer>
  write(key: string, body: Buffer, contentType: string): Promise<void>
  /** Deletes an object; one that is already gone is no error. */
  remove(key: string): Promise<void>
}

export type ImageFormat = 'webp' | 'jpeg'

/** One encoded copy of a picture, upright, in sRGB, without metadata. */
export interface RenderedImage {
  readonly format: ImageFormat
  /** The longest side this copy was made for, in pixels; the copy itself is never larger than the original. */
  readonly size: number
  readonly width: number
  readonly height: number
  readonly body: Buffer
}

export interface RenderedSet {
  /** The upright size of the original. */
  readonly width: number
  readonly height: number
  /** Base64 of the ThumbHash, a blurred preview of about 25 bytes. */
  readonly thumbhash: string
  readonly images: readonly RenderedImage[]
}

/** Makes the renditions of a photo. */
export interface Images {
  /**
   * Renders `original` in every size and format. `progress` is told the share done, 0 to 1.
   * Throws `UnreadableImage` with a reason when the bytes are not a picture we accept.
   */
  render(original: Buffer, progress: (share: number) => void): Promise<RenderedSet>
}

export type UnreadableReason = 'not_an_image' | 'unsupported_format' | 'too_many_pixels' | 'damaged'

/** Thrown by `Images` for bytes that can never become a picture: the fault of the file, not of the moment. */
export class UnreadableImage extends Error {
  override name = 'UnreadableImage'
  readonly reason: UnreadableReason

  constructor(reason: UnreadableReason, options?: ErrorOptions) {
    super(`Unreadable image: ${reason}`, options)
    this.reason = reason
  }
}

/** What happened to a message for one device: `gone` means the token will never work again. */
export type PushOutcome = 'sent' | 'gone' | 'failed'

/** Firebase Cloud Messaging. Messages carry a type and ids, never what people wrote. */
export interface Push {
  /**
   * Sends one data message to each token (at most 500) and tells what became of each, in the same order. On a phone a
   * message takes the place of an earlier one with the same `key`, so sending twice shows once.
   */
  send(tokens: readonly string[], data: Readonly<Record<string, string>>, key: string): Promise<PushOutcome[]>
}

/** A person as Firebase Auth knows them. */
export interface Identity {
  /** How they signed in, such as `google.com`. */
  readonly provider: string
  /** Who they are in the project, whichever the provider. */
  readonly subject: string
  /** Null unless somebody has verified that it is theirs. */
  readonly email: string | null
  readonly signedInAt: Date
}

/** People as Firebase Auth knows them: social sign-in. */
export interface Identities {
  /**
   * Who an ID token speaks for; null for one that is not good, is revoked, or belongs to a disabled account. Throws
   * `Unavailable` when Google cannot be asked.
   */
  identify(idToken: string): Promise<Identity | null>
}

/** Text messages. */
export interface Sms {
  /** Whether texts are sent to a country, by its ISO code. */
  serves(country: string): boolean
  /** Sends, or withholds what is beyond the budget: whoever asks for many texts is not told. */
  send(phone: string, text: string): Promise<void>
}

/** Mail, plain text. */
export interface Mail {
  send(mail: { readonly to: string; readonly subject: string; readonly text: string }): Promise<void>
}

interface Hashing {
  /** What is kept of a password. */
  hash(password: string): Promise<string>
  /**
   * Whether it is the password that `hash` was made of, and whether it should be hashed anew with today's key or cost.
   * Without a hash it takes as long and is never right.
   */
  verify(password: string, hash: string | null): Promise<{ readonly right: boolean; readonly stale: boolean }>
}

/** A place in line, kept until it is disposed of: nobody who has one is refused. */
export type PasswordTurn = Hashing & Disposable

/**
 * Passwords, as hashes that are slow to make. To hash, verify or take a turn throws `TooFast` with `retryAfterMs` when too
 * many wait for theirs.
 */
export interface Passwords extends Hashing {
  /**
   * Takes a place in line, for whoever has something to do between knowing that there is one and the hash; before all who
   * are not, for whoever is to be `first`.
   */
  turn(options?: { readonly first: boolean }): PasswordTurn
  /**
   * Whether it is one of those that are tried first: a common or leaked one of 12 characters or more, or made of one of
   * these words alone (user name, e-mail, name of the service).
   */
  isCommon(password: string, words: readonly string[]): Promise<boolean>
}

/** The pages of the app that mails lead to. */
export interface Links {
  /** Where the holder of a token is led to. The token is in the fragment, which browsers tell no server. */
  for(page: string, token: string): string
}

/** Keeps personal data unreadable at rest. */
export interface Vault {
  /** Encrypts `value` for this one place (`table.column|row id`); opening it for another place fails. */
  seal(place: string, value: string): string
  /** Decrypts what `seal` made for the same place; throws when the value was tampered with or moved. */
  open(place: string, sealed: string): string
  /** Whether a value is sealed with the key that new ones are sealed with. */
  isCurrent(sealed: string): boolean
  /** A keyed digest, `kid.mac`, that finds equal values without revealing them. */
  blindIndex(field: string, value: string): string
  /** The same by each key that values may still be kept under, the one for new values first. */
  blindIndexes(field: string, value: string): readonly string[]
  /** The code of `digits` decimal digits that belongs to `subject`: unpredictable without the key, so never stored. */
  code(subject: string, digits: number): string
  /** The secret of 256 bits that belongs to `subject`, likewise never stored. */
  proof(subject: string): string
  /** The secret that follows `secret`: the same successor every time, unpredictable without the key. */
  successor(secret: string): string
}

/** Who a valid access token speaks for. */
export interface TokenClaims {
  readonly userId: string
  readonly sessionId: string
  /** Which of the person's epochs it was made in. */
  readonly epoch: number
  /** Seconds since 1970 at which the token stops being valid. */
  readonly expiresAt: number
}

/** Access tokens: short-lived, signed, carrying ids only. */
export interface Tokens {
  issue(userId: string, sessionId: string, epoch: number): Promise<{ readonly token: string; readonly expiresAt: Date }>
  /** The claims of a valid token, or null for anything else. Never throws. */
  verify(token: unknown): Promise<TokenClaims | null>
}

/** Who is connected, to whichever node. */
export interface Presence {
  /** Which of these people are there, each with the version of that news; the others are not, as of `version`. */
  of(people: readonly UserId[]): Promise<{ readonly version: number; readonly there: ReadonlyMap<UserId, number> }>
}

/** How often something is done, counted for all processes together. */
export interface Pace {
  /** Takes one point, and tells whether there was one. */
  take(key: string, rate: Rate): Promise<boolean>
  /** Takes one point of each; throws `TooFast` where there is none, and refuses while they cannot be counted. */
  spend(...claims: readonly Claim[]): Promise<void>
}
