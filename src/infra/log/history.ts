import type { Redis } from 'ioredis'
import type { Knex } from 'knex'
import { packetOf, readPacket, type EntryRow, type Packet } from './entry.ts'
import { isSilence } from '../redis/connect.ts'
import type { LogKeys } from './keys.ts'

/** How much one read answers at most; less than this from the database means that there is no more. */
export const READ_MAX = 1000
/** How long a stream that did not answer is left alone: each time costs a second. */
const SILENT_MS = 2000

export interface LogHead {
  readonly epoch: string
  readonly pos: number
}

/** The log as it is kept: PostgreSQL has all of it, the Redis stream of its epoch the newest part. */
export interface History {
  head(): Promise<LogHead>
  /**
   * What follows `pos`, at most READ_MAX packets without a hole: from the stream when it reaches back that far.
   * The first is not `pos + 1` only when the log itself no longer reaches back.
   */
  after(pos: number, epoch: string): Promise<{ packets: Packet[]; source: 'stream' | 'database' }>
  /** Whether everything after `pos` is still kept. */
  reaches(pos: number): Promise<boolean>
  /** At most READ_MAX packets after `pos` and up to `until` that are for any of `rooms`, or control this person's rooms. */
  missed(pos: number, until: number, rooms: string[], userId: string): Promise<Packet[]>
  /** The newest `count` packets up to `pos`. */
  upTo(pos: number, count: number): Promise<Packet[]>
}

/** Which control events concern a person: theirs, and everybody's. What `whereRaw` takes. */
export const concerning = (person: string): [string, [string]] => [
  `(payload::jsonb ->> 'userId' = ? or payload::jsonb ->> 'userId' is null)`,
  [person],
]

export function openHistory(db: Knex, redis: Redis, keys: LogKeys): History {
  const rowsAfter = async (pos: number, limit: number) => {
    const rows = await db('eventLog').where('pos', '>', pos).orderBy('pos').limit(limit).select(ENTRY_COLUMNS)
    return (rows as EntryRow[]).map(packetOf)
  }
  let silentAt = -Infinity
  /** Nothing when Redis is away or its stream does not reach back to `pos`. There may be holes in it. */
  async function streamAfter(stream: string, pos: number): Promise<Packet[]> {
    if (redis.status !== 'ready' || performance.now() - silentAt < SILENT_MS) return []
    try {
      const found = await redis.xrangeBuffer(stream, `(${pos}-0`, '+', 'COUNT', READ_MAX)
      const packets = found.map(([, [, room, , message]]) => readPacket(String(room), message as Buffer) as Packet)
      const hole = packets.findIndex((packet, i) => packet.pos !== pos + 1 + i)
      return hole === -1 ? packets : packets.slice(0, hole)
    } catch (err) {
      if (isSilence(err)) silentAt = performance.now()
      return [] // the database has it all
    }
  }
  return {
    async head() {
      const head = await db<LogHead>('logHead').first('epoch', 'pos')
      if (!head) throw new Error('The log has no head: migrations have not run')
      return head
    },
    async after(pos, epoch) {
      const packets = await streamAfter(keys.streamOf(epoch), pos)
      if (packets.length > 0) return { packets, source: 'stream' }
      return { packets: await rowsAfter(pos, READ_MAX), source: 'database' }
    },
    async reaches(pos) {
      const next = await rowsAfter(pos, 1)
      return next[0]?.pos === pos + 1 || (await this.head()).pos <= pos
    },
    async missed(pos, until, rooms, userId) {
      const rows = await db('eventLog')
        .whereBetween('pos', [pos + 1, until])
        .where(query => {
          query.whereRaw(`kind = 'event' and rooms && ?::text[]`, [rooms]).orWhere(query => {
            query.where('kind', 'control').whereRaw(...concerning(userId))
          })
        })
        .orderBy('pos')
        .limit(READ_MAX)
        .select(ENTRY_COLUMNS)
      return (rows as EntryRow[]).map(packetOf)
    },
    async upTo(pos, count) {
      const packets = await rowsAfter(Math.max(0, pos - count), count)
      return packets.filter(packet => packet.pos <= pos)
    },
  }
}

/** The columns of `EntryRow`. */
export const ENTRY_COLUMNS = ['pos', 'kind', 'name', 'payload', 'rooms', 'excluded']
