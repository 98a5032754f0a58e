/**
 * Judges a history against a model of its own of who may hear what. It knows only what was acknowledged: a write is in
 * a circle's time of a person when it was begun and answered within it, and where times overlap it may be heard or not.
 */
import type { Change, Ear, Hearing, History, Span, Write } from './history.ts'

export interface Verdict {
  readonly writes: number
  /** Acknowledged writes that had to reach an ear, for all ears together. */
  readonly expected: number
  readonly delivered: number
  readonly lost: number
  /** Those among the lost that were written after the person had been let in again. */
  readonly lostAfterGrant: number
  readonly repeated: number
  /** Heard after something with a later position, or at another position than elsewhere. */
  readonly disorder: number
  /** Heard after something the same writer wrote later. */
  readonly disorderByWriter: number
  readonly unauthorised: number
  /** Writes that had to be kept from a person of the circle, and were. */
  readonly withheld: number
  readonly unrecovered: number
  readonly unsettled: number
  readonly unanswered: number
  readonly resumed: number
  /** From sending the command to hearing the event, in milliseconds. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
  /** The first few of what went wrong, in words. */
  readonly examples: readonly string[]
}

/** What must not happen, whatever the fault. */
const FAULTS = [
  'lost',
  'repeated',
  'disorder',
  'disorderByWriter',
  'unauthorised',
  'unrecovered',
  'unsettled',
  'unanswered',
] as const

/** What is wrong with a verdict, in words; nothing when all is well. */
export const wrongs = (verdict: Verdict): string[] =>
  FAULTS.filter(fault => verdict[fault] > 0).map(fault => `${verdict[fault]} ${fault}`)

type Standing = 'in' | 'out' | 'doubt'

/** Where a person stood to a circle during all of a span. `changes` are theirs, oldest first. */
function standing(changes: readonly Change[], initially: boolean, { sentAt, ackedAt }: Span): Standing {
  let inside = initially
  let doubt = false
  for (const change of changes) {
    if (change.sentAt > ackedAt) break
    doubt = change.ackedAt >= sentAt
    if (doubt) break
    inside = change.granted
  }
  if (doubt) return 'doubt'
  return inside ? 'in' : 'out'
}

export function judge({ writes, changes, ears }: History): Verdict {
  const byKey = new Map(writes.map(write => [write.key, write]))
  const byCircle = Map.groupBy(writes, write => write.circle)
  const changesByPerson = Map.groupBy(changes, change => change.person)
  const positions = new Map<string, number>()
  const count = { expected: 0, delivered: 0, lost: 0, lostAfterGrant: 0, repeated: 0, disorder: 0 }
  const more = { disorderByWriter: 0, unauthorised: 0, withheld: 0 }
  const latencies: number[] = []
  const examples: string[] = []
  const note = (what: string, write: Write | undefined, ear: Ear) =>
    examples.length < 8 && examples.push(`${what}: ${write?.key ?? 'an event'} at ${ear.person}`)

  for (const ear of ears) {
    const own = changesByPerson.get(ear.person) ?? []
    const changesOf = (circle: string) =>
      own.filter(change => change.circle === circle || change.circle === null).toSorted((a, b) => a.sentAt - b.sentAt)
    const memo = new Map<string, Change[]>()
    const changesIn = (circle: string) => memo.get(circle) ?? memo.set(circle, changesOf(circle)).get(circle) ?? []
    const standingOf = (write: Write): Standing => {
      if (write.circle === null || (write.room !== null && !ear.rooms.has(write.room))) return 'out'
      return standing(changesIn(write.circle), ear.circles.has(write.circle), write)
    }

    // ---- what it heard
    const heard = new Set<string>()
    const lastOf = new Map<string, number>()
    let last = -Infinity
    for (const { key, pos, at } of ear.heard) {
      const write = key === null ? undefined : byKey.get(key)
      if (key !== null && heard.has(key)) {
        count.repeated += 1
        note('repeated', write, ear)
        continue
      }
      if (pos !== null && (pos <= last || (key !== null && (positions.get(key) ?? pos) !== pos))) {
        count.disorder += 1
        note(`at ${pos} after ${last}`, write, ear)
      }
      last = Math.max(last, pos ?? last)
      if (!write) continue
      heard.add(write.key)
      if (pos !== null) positions.set(write.key, pos)
      latencies.push(at - write.sentAt)
      if (write.number < (lastOf.get(write.writer) ?? -1)) {
        more.disorderByWriter += 1
        note('after a later one of its writer', write, ear)
      }
      lastOf.set(write.writer, Math.max(write.number, lastOf.get(write.writer) ?? -1))
      if (standingOf(write) === 'out') {
        more.unauthorised += 1
        note('unauthorised', write, ear)
      }
    }
    count.delivered += heard.size

    // ---- what it had to hear
    const circles = new Set([...ear.circles, ...own.flatMap(({ circle }) => circle ?? [])])
    for (const circle of circles)
      for (const write of byCircle.get(circle) ?? []) {
        const where = standingOf(write)
        if (where === 'out' && ear.circles.has(circle) && isOpenTo(ear, write) && !heard.has(write.key))
          more.withheld += 1
        if (where !== 'in' || write.ackedAt === Infinity) continue
        const turns = changesIn(circle)
        // A stay under an open post ends with the right to it; the app opens the post again when it has it back.
        if (write.room !== null && turns.some(turn => turn.sentAt <= write.ackedAt)) continue
        if (!heard.has(write.key) && mayBeTakenBack(ear, write, turns, byKey)) continue
        count.expected += 1
        if (heard.has(write.key)) continue
        count.lost += 1
        note('lost', write, ear)
        if (turns.some(turn => turn.granted && turn.ackedAt < write.sentAt)) count.lostAfterGrant += 1
      }
  }

  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0)
  return {
    writes: writes.filter(write => write.ackedAt < Infinity).length,
    ...count,
    ...more,
    unrecovered: ears.reduce((sum, ear) => sum + ear.unrecovered.length, 0),
    unsettled: ears.filter(ear => !ear.settled).length,
    unanswered: writes.filter(write => write.ackedAt === Infinity).length,
    resumed: ears.reduce((sum, ear) => sum + ear.resumed, 0),
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    examples,
  }
}

const isOpenTo = (ear: Ear, { room }: Write) => room === null || ear.rooms.has(room)

/**
 * What was written before a right was lost is not replayed to who was away when it was lost. A connection was whole if it
 * was there from the write until something written after the loss was heard on it.
 */
function mayBeTakenBack(
  ear: Ear,
  write: Write,
  changes: readonly Change[],
  writes: ReadonlyMap<string, Write>,
): boolean {
  const loss = changes.find(change => !change.granted && change.sentAt > write.ackedAt)
  if (!loss) return false
  const isLater = ({ key }: Hearing) => key !== null && (writes.get(key)?.sentAt ?? 0) > loss.ackedAt
  const provedAt = ear.heard.find(isLater)?.at ?? Infinity
  return ear.gaps.some(({ from, to }) => to > write.sentAt && from < provedAt)
}
