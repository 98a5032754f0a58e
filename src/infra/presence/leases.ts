/**
 * Terminology
 * - life: one run of one node, as Redis knows it. It lasts while it beats; a node that finds its own in doubt begins another.
 * - here: a person is here with a life while they are connected to its node.
 * - there: a person counts as online for others. They become so with the first life they are here with, and cease to be
 *   when they have been here with none for as long as the grace lasts.
 * - edge: a person becoming one or the other. Its version is larger than that of every edge before it, of anybody, also
 *   before Redis was emptied: it is the time in microseconds, or one more than the last.
 *
 * Each script is one atomic step, so of many nodes exactly one is told of an edge. Every key bears one hash tag.
 */
import type { Redis } from 'ioredis'
import { Unavailable } from '../../kernel/failure.ts'
import type { Presence } from '../../kernel/ports.ts'
import type { UserId } from '../../kernel/scope.ts'

/** How long a life lasts after its last beat. */
const LEASE_MS = 3000
/** How many people one reaping looks at. */
const REAP_MAX = 500

export interface Edge {
  readonly userId: UserId
  readonly online: boolean
  readonly version: number
}

export interface Leases {
  /** These people are here from now on; a life that is not yet begins. */
  arrive(life: string, people: readonly UserId[]): Promise<Edge[]>
  /** These people are here no more. Without a grace they are not there at once. */
  depart(life: string, people: readonly UserId[], graceMs: number): Promise<Edge[]>
  /** Of these people, those who are here with no life are not there from now on, whatever is left of their grace. */
  withdraw(people: readonly UserId[]): Promise<Edge[]>
  /** Prolongs a life; answers how many people are here with it. */
  beat(life: string): Promise<number>
  /** Ends lives that have lapsed and graces that are over, whoever began them; some may be left when there is `more`. */
  reap(graceMs: number): Promise<{ edges: Edge[]; more: boolean }>
}

const COMMON = `
  local base = KEYS[1]
  local beats, there, leaving = base .. ':beats', base .. ':there', base .. ':leaving'
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local edges = {}

  local function edge(person, online)
    local version = math.max(now, tonumber(redis.call('GET', base .. ':version') or 0) + 1)
    redis.call('SET', base .. ':version', version)
    if online == 1 then redis.call('HSET', there, person, version) else redis.call('HDEL', there, person) end
    edges[#edges + 1] = { person, online, version }
  end

  local function leave(life, person, grace)
    redis.call('SREM', base .. ':lives:' .. person, life)
    if redis.call('EXISTS', base .. ':lives:' .. person) == 1 then return end
    if grace > 0 then redis.call('ZADD', leaving, 'NX', now + grace * 1000, person) return end
    redis.call('ZREM', leaving, person)
    edge(person, 0)
  end
`

// ARGV: life, person, person…
const ARRIVE = `${COMMON}
  redis.call('ZADD', beats, now, ARGV[1])
  for i = 2, #ARGV do
    redis.call('SADD', base .. ':here:' .. ARGV[1], ARGV[i])
    redis.call('SADD', base .. ':lives:' .. ARGV[i], ARGV[1])
    redis.call('ZREM', leaving, ARGV[i])
    if redis.call('HEXISTS', there, ARGV[i]) == 0 then edge(ARGV[i], 1) end
  end
  return edges`

// ARGV: life, grace, person, person…
const DEPART = `${COMMON}
  for i = 3, #ARGV do
    redis.call('SREM', base .. ':here:' .. ARGV[1], ARGV[i])
    leave(ARGV[1], ARGV[i], tonumber(ARGV[2]))
  end
  return edges`

// ARGV: person, person…
const WITHDRAW = `${COMMON}
  for _, person in ipairs(ARGV) do
    if redis.call('EXISTS', base .. ':lives:' .. person) == 0 and redis.call('HEXISTS', there, person) == 1 then
      redis.call('ZREM', leaving, person)
      edge(person, 0)
    end
  end
  return edges`

// ARGV: life
const BEAT = `${COMMON}
  redis.call('ZADD', beats, now, ARGV[1])
  return redis.call('SCARD', base .. ':here:' .. ARGV[1])`

// ARGV: lease, grace, how many at most
const REAP = `${COMMON}
  local life = redis.call('ZRANGEBYSCORE', beats, '-inf', now - ARGV[1] * 1000, 'LIMIT', 0, 1)[1]
  if life then
    local here = base .. ':here:' .. life
    for _, person in ipairs(redis.call('SPOP', here, ARGV[3])) do leave(life, person, tonumber(ARGV[2])) end
    if redis.call('EXISTS', here) == 0 then redis.call('ZREM', beats, life) end
  end
  local gone = redis.call('ZRANGEBYSCORE', leaving, '-inf', now, 'LIMIT', 0, ARGV[3])
  for _, person in ipairs(gone) do
    redis.call('ZREM', leaving, person)
    edge(person, 0)
  end
  return { edges, (life or #gone == tonumber(ARGV[3])) and 1 or 0 }`

type RawEdge = [userId: UserId, online: 0 | 1, version: number]
const edgesOf = (raw: RawEdge[]): Edge[] =>
  raw.map(([userId, online, version]) => ({ userId, online: online === 1, version }))

const baseOf = (prefix: string) => `{${prefix}:presence}`

export function redisLeases(redis: Redis, prefix: string): Leases {
  const run = (script: string, ...args: (string | number)[]) => redis.eval(script, 1, baseOf(prefix), ...args)
  return {
    arrive: async (life, people) => edgesOf((await run(ARRIVE, life, ...people)) as RawEdge[]),
    depart: async (life, people, graceMs) => edgesOf((await run(DEPART, life, graceMs, ...people)) as RawEdge[]),
    withdraw: async people => edgesOf((await run(WITHDRAW, ...people)) as RawEdge[]),
    beat: async life => (await run(BEAT, life)) as number,
    async reap(graceMs) {
      const [raw, more] = (await run(REAP, LEASE_MS, graceMs, REAP_MAX)) as [RawEdge[], 0 | 1]
      return { edges: edgesOf(raw), more: more === 1 }
    },
  }
}

/** Who is there, read in one step. */
export const redisPresence = (redis: Redis, prefix: string): Presence => ({
  async of(people) {
    const base = baseOf(prefix)
    const reading = redis.multi().get(`${base}:version`)
    if (people.length > 0) reading.hmget(`${base}:there`, ...people)
    const answers = await reading.exec().catch((error: Error) => [[error, null] as const])
    const [version, versions] = (answers ?? []).map(([error, answer]) => {
      if (error) throw Unavailable({}, { cause: error })
      return answer
    }) as [string | null, (string | null)[]?]
    const there = people.flatMap((person, i) => (versions?.[i] ? [[person, Number(versions[i])] as const] : []))
    return { version: Number(version ?? 0), there: new Map(there) }
  },
})
