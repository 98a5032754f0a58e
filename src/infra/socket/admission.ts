import type { Knex } from 'knex'
import type { App } from '../../kernel/app.ts'
import type { Grounds } from '../../kernel/room.ts'
import { inScope, type Actor, type UserCtx, type UserId } from '../../kernel/scope.ts'
import type { Entry } from '../log/entry.ts'
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
  /** This person's control events committed but not yet in the log: `rooms` has them already, the log will bring them again. */
  readonly pending: readonly Entry[]
}

/** A query that finds the session of an actor if it still is; asked in the scope of the person who holds it. */
export type LiveSession = (db: Knex, actor: Actor, now: Date) => Knex.QueryBuilder

/** A person's standing in one row, as `standingOf` asks for it; each kind of room has a column of ids. */
interface Standing extends Readonly<Record<string, unknown>> {
  readonly live: boolean
  readonly pending: readonly { readonly name: string; readonly payload: unknown }[]
}

/** Reads everything admission depends on, from the primary, in one read-only snapshot. */
export async function admit(app: App, liveSession: LiveSession, { actor, rooms }: Identity): Promise<Admission> {
  const ask = standingOf(app, liveSession(app.db, actor, app.clock()), actor.id)
  const scope = { actor, readOnly: true, ask }
  const { open, opened } = await inScope(app, scope, async (ctx, { opened }) => ({
    open: rooms.length > 0 ? await openRooms(app, ctx as UserCtx, rooms) : new Map<string, Grounds>(),
    opened: () => opened, // not waited for in here: without rooms all of it is one message
  }))
  const { cursor, asked } = await opened()
  const [epoch = '', head] = cursor.split(':')
  const { live, pending, ...ids } = asked as Standing
  const standing = standingKinds(app).flatMap(kind => (ids[kind.kind] as string[]).map(kind))
  return {
    epoch,
    head: Number(head),
    live,
    rooms: new Set([...standing, ...open.keys()]),
    open,
    pending: pending.map(({ name, payload }) => ({ pos: 0, kind: 'control', name, payload, rooms: [], except: [] })),
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

const standingKinds = (app: App) => [...app.rooms.values()].filter(kind => kind.standing !== undefined)

/** Everything in one row: whether the session lives, this person's controls on their way, and every kind of room. */
function standingOf(app: App, session: Knex.QueryBuilder, person: UserId): Knex.QueryBuilder {
  const { db } = app
  const controls = db('outbox').where('kind', 'control').whereRaw(`payload::jsonb ->> 'userId' = ?`, [person])
  const inOrder = db.raw(
    `coalesce(json_agg(json_build_object('name', name, 'payload', payload::json) order by id), '[]')`,
  )
  return db.select(
    db.raw('exists (?) as live', [session]),
    db.raw('(?) as pending', [controls.select(inOrder)]),
    ...standingKinds(app).map(kind =>
      db.raw('array(?) as ??', [kind.standing?.(db, person) as Knex.QueryBuilder, kind.kind]),
    ),
  )
}
