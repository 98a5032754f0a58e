import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { packetOf, readPacket, type EntryRow, type Packet } from './entry.ts'
import type { LogKeys } from './keys.ts'

const BATCH = 1000
export const MISSED_BATCH = 1000

export interface LogHead {
  readonly epoch: string
  readonly pos: number
}

/** The log as it is kept: PostgreSQL has all of it, the Redis stream the newest part. */
export interface History {
  head(): Promise<LogHead>
  /** Up to 1,000 packets that follow `pos` without a hole, from the stream when it reaches back that far. */
  after(pos: number): Promise<{ packets: Packet[]; source: 'stream' | 'database' }>
  /** Whether everything after `pos` is still kept. */
  reaches(pos: number): Promise<boolean>
  /** Up to 1,000 packets after `pos` and up to `until` that are for any of `rooms`, or control this person's rooms. */
  missed(pos: number, until: number, rooms: string[], userId: string): Promise<Packet[]>
  /** The newest `count` packets up to `pos`. */
  upTo(pos: number, count: number): Promise<Packet[]>
}

export function openHistory(db: Knex, redis: Redis, keys: LogKeys): History {
  const rowsAfter = async (pos: number, limit: number) => {
    const rows = await db('eventLog').where('pos', '>', pos).orderBy('pos').limit(limit).select(ENTRY_COLUMNS)
    return (rows as EntryRow[]).map(packetOf)
  }
  return {
    async head() {
      const head = await db<LogHead>('logHead').first('epoch', 'pos')
      if (!head) throw new Error('The log has no head: migrations have not run')
      return head
    },
    async after(pos) {
      const packets = await streamAfter(redis, keys, pos)
      return packets ? { packets, source: 'stream' } : { packets: await rowsAfter(pos, BATCH), source: 'database' }
    },
    async reaches(pos) {
      const next = await db('eventLog')
        .where({ pos: pos + 1 })
        .first('pos')
      return next !== undefined || (await this.head()).pos <= pos
    },
    async missed(pos, until, rooms, userId) {
      const rows = await db('eventLog')
        .whereBetween('pos', [pos + 1, until])
        .where(q =>
          q
            .where(q => q.where({ kind: 'event' }).whereRaw('rooms && ?::text[]', [rooms]))
            .orWhere(q => q.where({ kind: 'control' }).whereRaw(`payload::jsonb ->> 'userId' = ?`, [userId])),
        )
        .orderBy('pos')
        .limit(MISSED_BATCH)
        .select(ENTRY_COLUMNS)
      return (rows as EntryRow[]).map(packetOf)
    },
    async upTo(pos, count) {
      const packets = await rowsAfter(Math.max(0, pos - count), count)
      return packets.filter(packet => packet.pos <= pos)
    },
  }
}

/** The columns of `EntryRow`, named as the database names them. */
export const ENTRY_COLUMNS = ['pos', 'kind', 'name', 'payload', 'rooms', 'exceptRooms as except_rooms']

/** Null when Redis is away or its stream does not reach back to `pos`. */
async function streamAfter(redis: Redis, keys: LogKeys, pos: number): Promise<Packet[] | null> {
  if (redis.status !== 'ready') return null
  try {
    const found = await redis.xrangeBuffer(keys.stream, `(${pos}-0`, '+', 'COUNT', BATCH)
    const packets = found.map(([, [, room, , message]]) => readPacket(String(room), message as Buffer))
    return packets[0]?.pos === pos + 1 ? (packets as Packet[]) : null
  } catch {
    return null // the database has it all
  }
}
