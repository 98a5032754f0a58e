/**
 * The relay moves rows from the outbox into the log, giving each the next position, and publishes them.
 * Any process may run one; an advisory lock lets one lead at a time for efficiency alone, since two leading at once
 * would still be right: they take turns in PostgreSQL, each row is taken once, and a position published twice is dropped
 * by its number. Killed at any point, nothing is lost: what was numbered but not published is found in the log.
 * What tells of something erased is blanked in the log as the erasing event is numbered, and taken out of the stream as
 * it is published.
 */
import type { Redis } from 'ioredis'
import pg from 'pg'
import type { Logger } from '../../kernel/app.ts'
import { isSilence } from '../redis/connect.ts'
import { outage } from '../telemetry/outage.ts'
import { blankedBy, openPacket, packetOf, type EntryRow } from './entry.ts'
import type { LogHead } from './history.ts'
import { headMessage, type LogKeys } from './keys.ts'
import { pause } from './pause.ts'

const BATCH = 500
const STREAM_LENGTH = 20_000
const LOOK_EVERY_MS = 50
/** The least time from one batch to the next: under load entries gather, and a batch costs the same for many. */
const GATHER_MS = 4
const HEAD_EVERY_MS = 500
const UPKEEP_EVERY_MS = 60_000
const RETRY_MS = 300
/** How long PostgreSQL lets a relay be that says nothing; it looks far more often than that. */
const SPEECHLESS_MS = 3000
/** How long the log goes on without a Redis that did not answer, before it is asked again: each time costs a second. */
const SILENT_MS = 2000
/** Published again after a change of leader: the last leader may have reached the stream and nobody else. */
const OVERLAP = 50
/** How far back a stream begins that starts empty or was left behind; gates read what is older from PostgreSQL. */
const FRESH_STREAM = 2000
/** The advisory lock that whoever leads holds. */
export const LEADERSHIP = 0x6b697468

const SEQUENCE = `
  select (select epoch from log_head), pos, kind, name, payload, rooms, excluded from sequence_outbox(${BATCH}) order by pos`

// KEYS: the stream. ARGV: the channel of the head and the head, the positions that have been blanked, then position,
// channel, room, message, again and again. Appends what the stream lacks, publishes all, takes the blanked out, tells the
// head. The stream of an epoch that is over goes away by itself.
const PUBLISH = `
  local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
  local newest = last[1] and tonumber(string.match(last[1][1], '^%d+')) or 0
  for i = 4, #ARGV, 4 do
    local pos = tonumber(ARGV[i])
    if pos > newest then
      redis.call('XADD', KEYS[1], 'MAXLEN', '~', ${STREAM_LENGTH}, ARGV[i] .. '-0', 'r', ARGV[i + 2], 'm', ARGV[i + 3])
      newest = pos
    end
    redis.call('PUBLISH', ARGV[i + 1], ARGV[i + 3])
  end
  for pos in string.gmatch(ARGV[3], '%d+') do redis.call('XDEL', KEYS[1], pos .. '-0') end
  redis.call('EXPIRE', KEYS[1], 86400)
  redis.call('PUBLISH', ARGV[1], ARGV[2])`

export interface RelayOptions {
  readonly url: string
  readonly redis: Redis
  /** A subscriber connection; the relay listens for the bell on it. */
  readonly bell: Redis
  readonly keys: LogKeys
  readonly logger: Logger
  /** Told after each batch how many entries it had and what it took, in seconds. */
  readonly observe: (entries: number, seconds: number) => void
  /** The advisory lock that leads; a relay with another one leads beside the first. */
  readonly lock?: number
}

export interface Relay extends AsyncDisposable {
  /** Whether it leads just now. */
  leads(): boolean
  /** Rings its bell without the way through Redis. */
  wake(): void
}

/** Starts a relay; it leads whenever no other does. Closing it hands over at once. */
export function startRelay(options: RelayOptions): Relay {
  const { keys, logger } = options
  const trying = outage(logger, 'relay')
  let leads = false
  const stop = new AbortController()
  const bell = doorbell(stop.signal)
  options.bell.subscribe(keys.bell).catch(() => undefined) // subscribed again by itself when Redis is back
  const onMessage = (channel: string) => {
    if (channel === keys.bell) bell.wake()
  }
  options.bell.on('message', onMessage)

  const running = (async () => {
    while (!stop.signal.aborted) {
      try {
        await lead(options, bell, stop.signal, {
          connected: trying.worked,
          leads() {
            leads = true
          },
        })
      } catch (err) {
        trying.failed(err)
      } finally {
        leads = false
      }
      await pause(RETRY_MS, stop.signal)
    }
  })()
  return {
    leads: () => leads,
    wake: bell.wake,
    async [Symbol.asyncDispose]() {
      stop.abort()
      options.bell.off('message', onMessage)
      await running
    },
  }
}

/** Waits until no other relay leads, then leads until stopped. Throws when the connection breaks. */
async function lead(
  options: RelayOptions,
  bell: Doorbell,
  stop: AbortSignal,
  tell: { connected(): void; leads(): void },
): Promise<void> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: 'kith-relay',
    connectionTimeoutMillis: 2000,
    statement_timeout: 10_000,
    query_timeout: 12_000, // also when the connection is dead and nobody says so
    keepAlive: true,
  })
  let broken: Error | null = null
  client.on('error', error => (broken = error))
  client.on('end', () => (broken ??= new Error('The connection to PostgreSQL ended')))
  await client.connect()
  // A leader that is frozen, or cut off without a word, must not keep the others from leading.
  await client.query(`set idle_session_timeout = '${SPEECHLESS_MS}ms'`)
  tell.connected()
  try {
    const over = () => stop.aborted || broken !== null
    while (!over() && !(await takeLock(client, options.lock ?? LEADERSHIP))) await pause(RETRY_MS, stop)
    if (!over()) {
      tell.leads()
      await startEpochAfterFailover(client)
    }
    await work(options, client, bell, stop, over)
    if (broken) throw broken as Error
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function takeLock(client: pg.Client, lock: number): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(`select pg_try_advisory_lock($1) as taken`, [lock])
  return rows[0]?.taken ?? false
}

async function work(
  options: RelayOptions,
  client: pg.Client,
  bell: Doorbell,
  stop: AbortSignal,
  over: () => boolean,
): Promise<void> {
  const { redis, keys } = options
  let behind = true
  let epoch = ''
  let toldAt = -Infinity
  let silentAt = -Infinity
  let keptAt = -Infinity
  while (!over()) {
    if (performance.now() - keptAt > UPKEEP_EVERY_MS) {
      await keep(options, client)
      keptAt = performance.now()
    }
    const started = performance.now()
    const entries = await sequence(client)
    const tells = entries.length > 0 || performance.now() - toldAt > HEAD_EVERY_MS
    if (redis.status !== 'ready' || performance.now() - silentAt < SILENT_MS) behind = true
    else if (behind || tells) {
      const head = headAfter(entries) ?? (await headOf(client))
      try {
        if (behind || head.epoch !== epoch) await republish(options, client, head)
        else await publish(redis, keys, head, entries)
        behind = false
        epoch = head.epoch
        toldAt = performance.now()
      } catch (err) {
        behind = true // Redis went away in the middle; the entries are safe in the log
        if (isSilence(err)) silentAt = performance.now()
      }
    }
    if (entries.length > 0) options.observe(entries.length, (performance.now() - started) / 1000)
    if (entries.length === 0) await bell.wait(LOOK_EVERY_MS)
    else if (entries.length < BATCH) await pause(Math.max(1, started + GATHER_MS - performance.now()), stop)
  }
}

/** Makes the partitions ahead and drops what is too old. When that fails the log goes on: tomorrow's place is there. */
async function keep({ logger }: RelayOptions, client: pg.Client): Promise<void> {
  for (const upkeep of [`keep_event_log('24 hours')`, `sweep_remembered_acks('24 hours')`])
    await client.query(`select ${upkeep}`).catch((err: unknown) => logger.warn({ err, upkeep }, 'upkeep failed'))
}

async function sequence(client: pg.Client): Promise<NewRow[]> {
  const { rows } = await client.query<NewRow>({ name: 'sequence', text: SEQUENCE })
  return rows
}

/** pg reads 64-bit integers as text. */
type RawRow = Omit<EntryRow, 'pos'> & { readonly pos: string }
type NewRow = RawRow & { readonly epoch: string }

function headAfter(rows: readonly NewRow[]): LogHead | null {
  const last = rows.at(-1)
  return last ? { epoch: last.epoch, pos: Number(last.pos) } : null
}

async function publish(redis: Redis, keys: LogKeys, { epoch, pos }: LogHead, rows: readonly RawRow[]): Promise<void> {
  const packets = rows.map(row => packetOf({ ...row, pos: Number(row.pos) }))
  const blanked = packets.filter(({ letter }) => letter === 'R').flatMap(packet => blankedBy(openPacket(packet)))
  const args = packets.flatMap(({ pos, room, message }) => [String(pos), keys.channelOf(room), room, message])
  const head = headMessage({ epoch, pos }, rows.length === BATCH)
  await redis.eval(PUBLISH, 1, keys.streamOf(epoch), keys.head, head, blanked.join(), ...args)
}

/** Publishes what the stream lacks: after a change of leader, and after Redis was away or came back empty. */
async function republish({ redis, keys }: RelayOptions, client: pg.Client, head: LogHead): Promise<void> {
  const stream = keys.streamOf(head.epoch)
  const [newest] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1)
  const reached = newest ? Number(newest[0].split('-')[0]) - OVERLAP : 0
  const oldest = head.pos - FRESH_STREAM
  if (reached < oldest) await redis.del(stream) // it may hold what was blanked in between
  for (let from = Math.max(0, reached, oldest); ;) {
    const { rows } = await client.query<RawRow>(
      `select pos, kind, name, payload, rooms, excluded from event_log where pos > $1 order by pos limit ${BATCH}`,
      [from],
    )
    from = Number(rows.at(-1)?.pos ?? head.pos)
    await publish(redis, keys, { epoch: head.epoch, pos: from }, rows)
    if (rows.length === 0) return
  }
}

async function headOf(client: pg.Client): Promise<LogHead> {
  const { rows } = await client.query<{ epoch: string; pos: string }>(`select epoch, pos from log_head`)
  return { epoch: rows[0]?.epoch ?? '', pos: Number(rows[0]?.pos) }
}

/** A promoted standby may lack the last commits: positions would mean other things than clients were told. */
async function startEpochAfterFailover(client: pg.Client): Promise<void> {
  await client.query(`
    update log_head set epoch = replace(gen_random_uuid()::text, '-', ''), timeline = log_timeline()
    where timeline <> log_timeline()`)
}

interface Doorbell {
  wake(): void
  wait(ms: number): Promise<void>
}

/** Waits for a ring, for a time, or for the end, whichever comes first. A ring while nobody waits is not forgotten. */
function doorbell(end: AbortSignal): Doorbell {
  let rung = false
  let wakeUp: (() => void) | null = null
  const wake = () => {
    rung = true
    wakeUp?.()
  }
  end.addEventListener('abort', wake)
  return {
    wake,
    async wait(ms) {
      if (!rung && !end.aborted)
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, ms)
          wakeUp = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      wakeUp = null
      rung = false
    },
  }
}
