/** Every case: what is done to the server, how often, and what figures it must keep. What must not happen is the same in all. */
import { KITH, type Cluster, type Program } from './cluster/index.ts'
import type { Rewrite } from './cluster/rewrite.ts'
import { cutViewers } from './harm/clients.ts'
import { crashPostgres, cutPostgres } from './harm/postgres.ts'
import { freezeLeader, freezeWeb, freezeWebOnce, killLeader, killWeb } from './harm/processes.ts'
import { cutRedis, freezeRedis, killRedis, redisAway } from './harm/redis.ts'
import type { Pace } from './people/company.ts'
import type { Random } from './random.ts'
import {
  afterLastId,
  allLead,
  currentMembers,
  diesAfterCommit,
  diesAfterPublish,
  diesAfterSequencing,
  noHeartbeat,
  noRepair,
  slowCommits,
  slowJoins,
  socketsLeave,
} from './rewrites.ts'
import { run, type Fault, type Outcome } from './run.ts'

export interface Case {
  readonly name: string
  /** What is done, and about how often. */
  readonly title: string
  /** The judge must find something wrong: the server is made wrong on purpose. */
  readonly mustFail: boolean
  readonly play: (cluster: Cluster, given: Given) => Promise<Report>
}

export interface Given {
  readonly seconds: number
  readonly random: Random
  /** How long everybody may take to hear everything in the end. */
  readonly settleMs: number
}

export interface Report extends Outcome {
  readonly figures: readonly Figure[]
}

/** Something measured. What it is worth depends on the machine, so a slow one need not keep the limit. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly atMost: number | null
}

interface Load {
  readonly faults: readonly Fault[]
  readonly pace?: Partial<Pace>
  readonly rewrites?: (random: Random) => readonly Rewrite[]
  /** It takes at least so many seconds to show, when there is the time. */
  readonly least?: number
  readonly lasting?: boolean
  readonly limits?: Readonly<Partial<Record<'p50' | 'p95' | 'p99' | 'settledMs', number>>>
}

const load = (name: string, title: string, { faults, pace, rewrites, least = 0, lasting, limits = {} }: Load): Case => ({
  name,
  title,
  mustFail: false,
  async play(cluster, given) {
    const { random, settleMs } = given
    const seconds = given.seconds < LONG ? given.seconds : Math.max(given.seconds, least)
    await cluster.runs(rewrites ? programOf(name, () => rewrites(random.of('rewrites'))) : KITH)
    const outcome = await run({ cluster, faults, random, seconds, settleMs, ...(pace && { pace }), ...(lasting && { lasting }) })
    return { ...outcome, figures: figuresOf(outcome, limits) }
  },
})

const figuresOf = ({ verdict, settledMs }: Outcome, limits: NonNullable<Load['limits']>): Figure[] =>
  Object.entries({ p50: verdict.p50, p95: verdict.p95, p99: verdict.p99, settledMs }).map(([name, value]) => ({
    name,
    value,
    atMost: limits[name as keyof typeof limits] ?? null,
  }))

/** From so many seconds on a case has the time it needs. */
const LONG = 20

/** Each life of a process draws anew, from one sequence. */
const programOf = (name: string, rewrites: () => readonly Rewrite[]): Program => ({ ...KITH, name, rewrites })
const drawn = (random: Random, make: (nth: number) => Rewrite[], least: number, most: number) =>
  make(random.whole(least, most))

const mutation = (name: string, title: string, mutant: readonly Rewrite[], load_: Load): Case => ({
  ...load(name, title, { ...load_, rewrites: () => [...mutant] }),
  mustFail: true,
})

const FLAPPING = { pairsLast: [60, 400], pairsAway: 0.7 } as const

export const cases: readonly Case[] = [
  load('F0', 'nothing', { faults: [], limits: { p50: 10, p99: 100 } }),
  load('F1', 'a web process killed (4 s), 4 viewers cut (0.4 s)', {
    faults: [killWeb(4000), cutViewers(400, 4)],
    limits: { settledMs: 2000 },
  }),
  load('F2', 'processes kill themselves right after a commit', {
    faults: [],
    rewrites: random => drawn(random, diesAfterCommit, 40, 400),
  }),
  load('F3', 'the leading relay killed (4 s), and killing itself after numbering, and after publishing', {
    faults: [killLeader(4000)],
    rewrites: random =>
      random.next() < 0.5 ? drawn(random, diesAfterSequencing, 20, 150) : drawn(random, diesAfterPublish, 20, 150),
    limits: { p99: 1000 },
  }),
  load('F4', 'the leading relay asleep for 1.5 s (4 s)', { faults: [freezeLeader(4000, 1500)] }),
  load('F4b', 'all relays lead at once, their processes killed (4 s)', { faults: [killWeb(4000)], rewrites: () => allLead }),
  load('F5', 'connections to Redis cut: pubsub, and others (2.5 s each)', {
    faults: [cutRedis(2500, 'pubsub'), cutRedis(2500, 'normal')],
    limits: { p99: 300 },
  }),
  load('F6', 'Redis killed and back empty after 0.5 to 3 s (9 s)', {
    faults: [killRedis(9000, [500, 3000])],
    limits: { p99: 2500 },
  }),
  load('F7', 'Redis asleep for 2 s (7 s)', { faults: [freezeRedis(7000, 2000)], limits: { p95: 2000 } }),
  load('F7b', 'Redis away for 60 s and until all is heard', {
    faults: [redisAway(60_000)],
    least: 60,
    lasting: true,
    limits: { p95: 2000 },
  }),
  load('F8', 'half the connections to PostgreSQL cut (3 s), PostgreSQL crashed (12 s)', {
    faults: [cutPostgres(3000, 0.5), crashPostgres(12_000)],
  }),
  load('F9', 'a web process asleep for 2.5 s (7 s)', { faults: [freezeWeb(7000, 2500)] }),
  load('F9b', 'a web process asleep for 30 s', { faults: [freezeWebOnce(30_000)], least: 40 }),
  load('F13', 'rights lost and won while the person connects, joins slowed', {
    faults: [cutViewers(400, 2)],
    pace: FLAPPING,
    rewrites: () => slowJoins,
  }),
  load('F17', 'every second post private, rights lost and won under load', {
    faults: [cutViewers(400, 4)],
    pace: { privately: 0.5, pairsLast: [60, 400], pairsAway: 0.3 },
  }),
  mutation('M1', 'MUTATION gates mend nothing, under F5', noRepair, {
    faults: [cutRedis(1500, 'pubsub'), cutRedis(2500, 'normal')],
  }),
  mutation('M2', 'MUTATION no head told and none asked, under F7b', noHeartbeat, { faults: [redisAway(60_000)], lasting: true }),
  mutation('M3', 'MUTATION numbering by `id > last`, commits slowed', [...afterLastId, ...slowCommits], { faults: [] }),
  mutation('M4', 'MUTATION replay by current membership, under F13', currentMembers, {
    faults: [cutViewers(400, 2)],
    pace: FLAPPING,
  }),
  mutation('M5', 'MUTATION socketsLeave for control events, under F5', socketsLeave, {
    faults: [cutRedis(1500, 'pubsub'), cutRedis(2500, 'normal')],
  }),
]
