import type { Knex } from 'knex'
import type { App } from '../../kernel/app.ts'
import { inScope, type UserCtx } from '../../kernel/scope.ts'
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

/** Tells whether a session still is; asked in the scope of the person who holds it. */
export type IsLive = (ctx: UserCtx) => Promise<boolean>

/** Reads everything admission depends on, from the primary, in one read-only snapshot. */
export function admit(app: App, isLive: IsLive, { actor, rooms }: Identity): Promise<Admission> {
  return inScope(app, { actor, readOnly: true }, async scope => {
    const ctx = scope as UserCtx
    const [epoch = '', head] = ctx.cursor.split(':')
    const standing = await standingRooms(app, ctx)
    const open = new Map<string, readonly string[]>()
    for (const { kind, id } of rooms) {
      const room = app.rooms.get(kind)
      const grounds = await room?.admits?.(ctx, id)
      if (room && grounds) open.set(room(id), grounds)
    }
    return {
      epoch,
      head: Number(head),
      live: await isLive(ctx),
      rooms: new Set([...standing, ...open.keys()]),
      open,
      pending: await pendingControls(ctx),
    }
  })
}

/** Every kind of room in one statement, each as an array of ids. */
async function standingRooms(app: App, ctx: UserCtx): Promise<string[]> {
  const kinds = [...app.rooms.values()].filter(kind => kind.standing !== undefined)
  const columns = kinds.map(kind =>
    ctx.db.raw('array(?) as ??', [kind.standing?.(ctx.db, ctx.actor.id) as Knex.QueryBuilder, kind.kind]),
  )
  const found = (await ctx.db.select(columns).first()) as Record<string, string[]>
  return kinds.flatMap(kind => (found[kind.kind] ?? []).map(kind))
}

async function pendingControls({ db, actor }: UserCtx): Promise<Entry[]> {
  const rows = (await db('outbox')
    .where({ kind: 'control' })
    .whereRaw(`payload::jsonb ->> 'userId' = ?`, [actor.id])
    .orderBy('id')
    .select('name', 'payload')) as { name: string; payload: string }[]
  return rows.map(({ name, payload }) => ({
    pos: 0,
    kind: 'control',
    name,
    payload: JSON.parse(payload) as unknown,
    rooms: [],
    except: [],
  }))
}
