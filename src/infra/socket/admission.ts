import type { Knex } from 'knex'
import type { App } from '../../kernel/app.ts'
import type { Grounds, RoomKind } from '../../kernel/room.ts'
import { inScope, type Actor, type UserCtx, type UserId } from '../../kernel/scope.ts'
import { template } from '../db/template.ts'
import type { Entry } from '../log/entry.ts'
import { concerning } from '../log/history.ts'
import type { OpenRooms } from '../log/replay.ts'
import type { Identity } from './handshake.ts'

/** What the database says of a person who connects, all of it in one snapshot. */
export interface Admission {
  /** Where the snapshot stands in the log. */
  readonly epoch: string
  readonly head: number
  readonly live: boolean
  /** The rooms the person sits in, standing and open. */
  readonly rooms: ReadonlySet<string>
  readonly open: OpenRooms
  /**
   * The control events that concern this person, committed but not yet in the log: `rooms` has them already, the log
   * will bring them again.
   */
  readonly pending: readonly Entry[]
}

/** A query that finds the session of an actor if it still is; asked in the scope of the person who holds it. */
export type LiveSession = (db: Knex, actor: Actor, now: Date) => Knex.QueryBuilder

/** A person's standing in one row, as `standing` asks for it; each kind of room has a column of ids. */
interface Standing extends Readonly<Record<string, unknown>> {
  readonly live: boolean
  readonly pending: readonly { readonly name: string; readonly payload: unknown }[]
}

/** Reads everything admission depends on, from the primary, in one read-only snapshot. */
export type Admit = (identity: Identity) => Promise<Admission>

/** Makes the one statement that admits anybody, and all that follows from its answer. */
export function admission(app: App, liveSession: LiveSession): Admit {
  const kinds = [...app.rooms.values()].filter(kind => kind.standing !== undefined)
  const standingOf = template((actor, now) => standing(app.db, kinds, liveSession(app.db, actor, now), actor.id))

  return async ({ actor, rooms }) => {
    const ask = standingOf(actor, app.clock())
    const { opened, open } = rooms.length > 0 ? await askWithRooms() : await askAtOnce()
    const [epoch = '', head] = opened.cursor.split(':')
    const { live, pending, ...ids } = opened.asked as Standing
    const sits = kinds.flatMap(kind => (ids[kind.kind] as string[]).map(kind))
    return {
      epoch,
      head: Number(head),
      live,
      rooms: new Set([...sits, ...open.keys(), ...[...open.values()].flatMap(({ brings = [] }) => brings)]),
      open,
      pending: pending.map(control => ({ ...control, pos: 0, kind: 'control', rooms: [], except: [], bytes: 0 })),
    }

    async function askAtOnce() {
      const opened = await app.glance({ person: actor.id, request: null, ask })
      return { opened, open: new Map<string, Grounds>() }
    }

    function askWithRooms() {
      return inScope(app, { actor, readOnly: true, ask }, async (ctx, { opened }) => ({
        open: await openRooms(app, ctx as UserCtx, rooms),
        opened: await opened,
      }))
    }
  }
}

/** Those of the rooms a client had entered for a while that it may be in, each with what that right rests on. */
async function openRooms(app: App, ctx: UserCtx, rooms: Identity['rooms']): Promise<Map<string, Grounds>> {
  const open = new Map<string, Grounds>()
  for (const { kind, id } of rooms) {
    const room = app.rooms.get(kind)
    const grounds = await room?.admits?.(ctx, id)
    if (room && grounds) open.set(room(id), grounds)
  }
  return open
}

/** Everything in one row: whether the session lives, this person's controls on their way, and every kind of room. */
function standing(db: Knex, kinds: readonly RoomKind[], session: Knex.QueryBuilder, person: UserId): Knex.QueryBuilder {
  const controls = db('outbox')
    .where('kind', 'control')
    .whereRaw(...concerning(person))
  const inOrder = db.raw(
    `coalesce(json_agg(json_build_object('name', name, 'payload', payload::json) order by id), '[]')`,
  )
  return db.select(
    db.raw('exists (?) as live', [session]),
    db.raw('(?) as pending', [controls.select(inOrder)]),
    ...kinds.map(kind => db.raw('array(?) as ??', [kind.standing?.(db, person) as Knex.QueryBuilder, kind.kind])),
  )
}
