/** Every case: what is done to the server, how often, and the figures it must keep. What must not happen is the same in all. */
import { blunder, load, type Case } from './case.ts'
import { cutViewers } from './harm/clients.ts'
import { crashPostgres, cutPostgres } from './harm/postgres.ts'
import { freezeLeader, freezeWeb, freezeWebOnce, killLeader, killWeb } from './harm/processes.ts'
import { cutRedis, freezeRedis, killRedis, redisAway } from './harm/redis.ts'
import { endSessions } from './harm/sessions.ts'
import { herd, rolling } from './plays/herd.ts'
import { naive, naiveDiesAfterCommit } from './plays/naive.ts'
import { longAway } from './plays/long-away.ts'
import { presence } from './plays/presence.ts'
import { slowReader } from './plays/slow-reader.ts'
import * as rewrites from './rewrites.ts'

/** The one who loses a right or wins it often loses the connection around then. */
const FLAPPING = { pairsLast: [60, 400], pairsAway: 0.7 } as const

const F1 = { faults: [killWeb(4000), cutViewers(400, 4)] }
const F5 = { faults: [cutRedis(2500, 'pubsub'), cutRedis(2500, 'normal')] }
const F6 = { faults: [killRedis(9000, [500, 3000])] }
const F7B = { faults: [redisAway(60_000)], lasting: true, limits: { p95: 2000 } }

const faults: readonly Case[] = [
  load('F0', 'nothing', { faults: [], limits: { p50: 10, p99: 100 } }),
  load('F1', 'a web process killed (4 s), 4 viewers cut (0.4 s)', { ...F1, limits: { settledMs: 2000 } }),
  load('F2', 'processes die right after a commit', {
    faults: [],
    rewrites: random => rewrites.diesAfterCommit(random.whole(40, 200)),
    deadly: true,
  }),
  load('F3', 'the leading relay killed (4 s), and dying after numbering, or after publishing', {
    faults: [killLeader(4000)],
    rewrites: random => [
      ...rewrites.workersLead,
      ...random.pick([rewrites.diesAfterSequencing, rewrites.diesAfterPublish])(random.whole(200, 600)),
    ],
    limits: { p99: 1000 },
  }),
  load('F4', 'the leading relay asleep for 1.5 s (4 s)', { faults: [freezeLeader(4000, 1500)] }),
  load('F4b', 'all relays lead at once, web processes killed (4 s)', {
    faults: [killWeb(4000)],
    rewrites: () => rewrites.allLead,
  }),
  load('F5', 'connections to Redis cut, of subscribers and others (2.5 s each)', { ...F5, limits: { p99: 300 } }),
  load('F6', 'Redis killed and back empty after 0.5 to 3 s (9 s)', { ...F6, limits: { p99: 2500 } }),
  load('F7', 'Redis asleep for 2 s (7 s)', { faults: [freezeRedis(7000, 2000)], limits: { p95: 2000 } }),
  load('F7b', 'Redis away for 60 s, and until all is heard', { ...F7B, least: 60 }),
  load('F8', 'half the connections to PostgreSQL cut (3 s), PostgreSQL crashed (12 s)', {
    faults: [cutPostgres(3000, 0.5), crashPostgres(12_000)],
  }),
  load('F9', 'a web process asleep for 2.5 s (7 s)', { faults: [freezeWeb(7000, 2500)] }),
  load('F9b', 'a web process asleep for 30 s', { faults: [freezeWebOnce(30_000)], least: 40 }),
  rolling('F10', 'SIGTERM to one web process after another', { sockets: 3000 }),
  herd('F11', 'everybody comes back at once', { sockets: 3000 }),
  slowReader('F12', 'a client stops reading 1 MiB/s'),
  load('F13', 'rights lost and won while the person connects, joins slowed', {
    faults: [cutViewers(400, 2)],
    pace: FLAPPING,
    rewrites: () => rewrites.slowJoins,
  }),
  longAway('F14', 'away for longer than memory, than the log reaches, and past a new epoch'),
  load('F15', 'tokens of 5 s, sessions ended (0.5 s), under F5 and F6', {
    faults: [endSessions(500), ...F5.faults, ...F6.faults],
    pace: { tokenSeconds: 5 },
  }),
  presence('F16', 'who is here: a web process killed, Redis emptied'),
  // A post's visibility cannot change; what narrows an audience here is a block, an end of friendship, and privacy.
  load('F17', 'every second post private, rights lost and won, viewers cut (0.4 s)', {
    faults: [cutViewers(400, 4)],
    pace: { ...FLAPPING, privately: 0.5 },
  }),
]

const everything = load('F18', 'all of F1 to F9, F13, F15 and F17 at once', {
  faults: [
    ...F1.faults,
    killLeader(6000),
    freezeLeader(9000, 1500),
    cutRedis(5000, 'pubsub'),
    cutRedis(5000, 'normal'),
    killRedis(15_000, [500, 3000]),
    freezeRedis(25_000, 2000),
    cutPostgres(8000, 0.5),
    crashPostgres(20_000),
    freezeWeb(13_000, 2500),
    endSessions(10_000),
  ],
  pace: { privately: 0.2, pairsLast: [200, 1500], pairsAway: 0.4, tokenSeconds: 30 },
  rewrites: random => [
    ...rewrites.slowJoins,
    ...random.pick([rewrites.diesAfterCommit, rewrites.diesAfterSequencing, rewrites.diesAfterPublish])(
      random.whole(100, 1000),
    ),
  ],
})

/** With these the server is wrong, and the run fails when nobody notices. */
const blunders: readonly Case[] = [
  blunder('M1', 'gates mend nothing, under F5', { ...F5, rewrites: () => rewrites.noRepair }),
  blunder('M2', 'nobody tells or asks how far the log reaches, under F7b', {
    ...F7B,
    rewrites: () => rewrites.noHeartbeat,
  }),
  blunder('M3', 'numbering goes on after the last id, commits slowed', {
    faults: [],
    rewrites: () => rewrites.slowCommits,
    functions: rewrites.afterLastId,
  }),
  blunder('M4', 'a replay asks only who is a member now, under F13', {
    faults: [cutViewers(400, 2)],
    pace: FLAPPING,
    rewrites: () => rewrites.currentMembers,
  }),
  blunder('M5', 'rights are taken with socketsLeave, under F5', { ...F5, rewrites: () => rewrites.socketsLeave }),
  blunder('N1', 'the usual code, under F1', { ...F1, program: naive }),
  blunder('N2', 'the usual code, under F2', {
    faults: [],
    program: naive,
    rewrites: random => naiveDiesAfterCommit(random.whole(40, 200)),
    deadly: true,
  }),
  blunder('N5', 'the usual code, under F5', { ...F5, program: naive }),
  blunder('N6', 'the usual code, under F6', { ...F6, program: naive }),
]

export const cases: readonly Case[] = [...faults, everything, ...blunders]
export const usual = cases.filter(one => one !== everything).map(({ name }) => name)
