import type { Knex } from 'knex'
import type { UserCtx, UserId } from './scope.ts'

declare const minted: unique symbol

/** A room name. Only a room kind can mint one, so a template literal never reaches a broadcast. */
export type Room = string & { readonly [minted]: true }

/** What the right to a room rests on: one sits in it while one sits in all of `needs` and in none of `bars`. */
export interface Grounds {
  readonly needs: readonly Room[]
  readonly bars: readonly Room[]
  /** Those of the needs that one comes to sit in by entering, until everybody is put out of them. */
  readonly brings?: readonly Room[]
}

interface RoomRule<Id extends string> {
  /** One sentence: who is in it, and what is heard there. */
  readonly about: string
  /**
   * Decides whether a person may enter for a while, such as while a post is open on screen. Answers what this right
   * rests on (while it does not hold, nothing is heard; a need may be the person's own room), or null for no.
   * Rooms without this rule cannot be entered by asking.
   */
  admits?(ctx: UserCtx, id: Id): Promise<Grounds | null>
  /** The ids of the rooms a person always sits in: a query of one column, run in one snapshot with the log's head. */
  standing?(db: Knex, person: UserId): Knex.QueryBuilder
  /** Whoever sits here does not hear what the person it is named for does. */
  readonly excludesActor?: true
}

export interface RoomKind<Id extends string = string> extends RoomRule<Id> {
  (id: Id): Room
  readonly kind: string
}

/** Declares a kind of room together with who may be in it. */
export const roomKind = <Id extends string>(kind: string, rule: RoomRule<Id>): RoomKind<Id> =>
  Object.assign((id: Id) => `${kind}:${id}` as Room, { kind, ...rule })

/** A person's own devices. Every socket sits here from sign-in to its end. */
export const deviceRoom: RoomKind<UserId> = roomKind<UserId>('user', {
  about: 'The devices of one person; what concerns only them is heard here.',
  standing: (db, person) => db.select(db.raw('?::uuid', [person])),
})
