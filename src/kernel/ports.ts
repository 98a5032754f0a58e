import type { Claim, Rate } from './limit.ts'
import type { Blobs, Images, MediaLinks, Recordings } from './media.ts'
import type { UserId } from './scope.ts'

/** What lies outside the database: each port is one outside world, wrapped once in `infra/`. */
export interface Ports {
  readonly blobs: Blobs
  readonly images: Images
  readonly recordings: Recordings
  readonly mediaLinks: MediaLinks
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
