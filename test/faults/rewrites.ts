/**
 * Every place where a run reaches into the program, by the snippet that stands there. Some make a process die between two
 * lines or take its time there, which must do no harm; the mutations make the program wrong, and the judge must see it.
 */
import type { Rewrite } from './cluster/rewrite.ts'

const RELAY = 'src/infra/log/relay.ts'
const GATE = 'src/infra/log/gate.ts'
const JOIN = 'src/infra/socket/join.ts'
const SCOPE = 'src/kernel/scope.ts'
const SEAT = 'src/infra/socket/seat.ts'

const sleep = (ms: number) => `await new Promise(resolve => setTimeout(resolve, Math.random() * ${ms}));`
/** Counts down in one process, over all places that count. */
const dies = (after: number) =>
  `(globalThis.kithLeft = (globalThis.kithLeft ?? ${after}) - 1) === 0 && process.kill(process.pid, 'SIGKILL');`

/** A process dies right after its nth commit: the answer is never sent, and the bell not rung. */
export const diesAfterCommit = (nth: number): Rewrite[] => [
  {
    file: SCOPE,
    from: 'if (effects.length > 0) app.ring()',
    to: `if (effects.length > 0) { ${dies(nth)} app.ring() }`,
  },
]

/** A relay dies when its nth batch has positions and nobody was told of them. */
export const diesAfterSequencing = (nth: number): Rewrite[] => [
  {
    file: RELAY,
    from: 'const entries = await sequence(client)',
    to: `const entries = await sequence(client); if (entries.length > 0) { ${dies(nth)} }`,
  },
]

/** A relay dies when its nth batch is published and it has not taken note of that. */
export const diesAfterPublish = (nth: number): Rewrite[] => [
  {
    file: RELAY,
    from: 'else await publish(redis, keys, head, entries)',
    to: `else { await publish(redis, keys, head, entries); if (entries.length > 0) { ${dies(nth)} } }`,
  },
]

/** Only workers lead: so a relay can die, and no client loses its connection. */
export const workersLead: Rewrite[] = [
  {
    file: RELAY,
    from: 'while (!over() && !(await takeLock(client, options.lock ?? LEADERSHIP)))',
    to: `const web = process.argv[1]?.endsWith('web.ts')
    while (!over() && (web || !(await takeLock(client, options.lock ?? LEADERSHIP))))`,
  },
]

/** Every relay believes that it leads. */
export const allLead: Rewrite[] = [{ file: RELAY, from: 'return rows[0]?.taken ?? false', to: 'return true' }]

/** A join takes its time wherever it waits, so that other things happen in between. */
export const slowJoins: Rewrite[] = [
  {
    file: JOIN,
    from: 'await gate.reach(head, BEHIND_MS)',
    to: `${sleep(40)} await gate.reach(head, BEHIND_MS); ${sleep(40)}`,
  },
  {
    file: 'src/infra/socket/admission.ts',
    from: 'const { live, pending, ...ids } = opened.asked as Standing',
    to: `${sleep(40)} const { live, pending, ...ids } = opened.asked as Standing`,
  },
]

/** A transaction takes its time between its place in the outbox and its end, so that others overtake it. */
export const slowCommits: Rewrite[] = [
  {
    file: 'src/infra/db/scope.ts',
    from: 'return last && withinMs !== null ? [within(withinMs), last] : last ? [last] : []',
    to: `const slow = { text: 'select pg_sleep(random() * 0.03)' }
  return last ? [...(withinMs === null ? [] : [within(withinMs)]), last, slow] : []`,
  },
]

// ---- mutations: with each of these the program is wrong

/** A gate lets through what comes and passes over what is missing. */
export const noRepair: Rewrite[] = [
  {
    file: GATE,
    from: 'repairing ??= mend().finally(() => {',
    to: `const skip = async () => {
      const next = Math.min(...held.keys())
      if (next === Infinity) return
      moveTo(next - 1)
      drain()
    }
    repairing ??= skip().finally(() => {`,
  },
]

/** Nobody says how far the log reaches, and nobody asks. */
export const noHeartbeat: Rewrite[] = [
  { file: RELAY, from: "redis.call('PUBLISH', ARGV[1], ARGV[2])", to: '' },
  { file: GATE, from: 'if (performance.now() - heardAt > SILENCE_MS) look()', to: '' },
]

/** Numbering, a function of the database, goes on after the last id it has seen, and so passes over who committed late. */
export const afterLastId: Rewrite[] = [
  {
    file: 'sequence_outbox',
    from: 'from public.outbox order by id limit batch',
    to: `from public.outbox
        where id > coalesce(nullif(current_setting('kith.last', true), '')::bigint, 0) order by id limit batch`,
  },
  {
    file: 'sequence_outbox',
    from: 'if taken is null then return; end if;',
    to: `if taken is null then return; end if;
      perform set_config('kith.last', taken[cardinality(taken)]::text, false);`,
  },
]

/** A replay asks only who sits in a room now. */
export const currentMembers: Rewrite[] = [
  {
    file: 'src/infra/log/replay.ts',
    from: 'entry.rooms.some(room => sitsIn(member, room, open) && sitsIn(now, room, open)) &&',
    to: 'entry.rooms.some(room => sitsIn(now, room, open)) &&',
  },
]

/** Rights are taken by what Socket.IO has for it, a request through Redis. */
export const socketsLeave: Rewrite[] = [
  {
    file: SEAT,
    from: 'if (socket) applyTo(socket, entry)',
    to: `if (socket && entry.name === AccessRevoked.name)
      io.in(deviceRoom(userId as never)).socketsLeave((entry.payload as { rooms: string[] }).rooms)
    else if (socket) applyTo(socket, entry)`,
  },
]
