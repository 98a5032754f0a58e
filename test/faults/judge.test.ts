/** The judge must be able to find fault: each history here has one fault, and each is found. */
import test from 'ava'
import type { Change, Ear, Hearing, History, Write } from './history.ts'
import { judge, wrongs } from './judge.ts'

/** Ada writes once every ten milliseconds, and is answered after four. */
const write = (number: number, circle: string | null = 'ada', room: string | null = null): Write => ({
  key: `ada ${number}`,
  writer: 'ada',
  number,
  circle,
  room,
  sentAt: number * 10,
  ackedAt: number * 10 + 4,
})
const hears = (number: number, pos = number, at = number * 10 + 6): Hearing => ({ key: `ada ${number}`, pos, at })
const bob = (heard: readonly Hearing[], rest: Partial<Ear> = {}): Ear => ({
  person: 'bob',
  circles: new Set(['ada']),
  rooms: new Set(),
  heard,
  gaps: [],
  unrecovered: [],
  resumed: 0,
  settled: true,
  ...rest,
})
const change = (granted: boolean, sentAt: number, ackedAt: number): Change => ({
  person: 'bob',
  circle: 'ada',
  granted,
  sentAt,
  ackedAt,
})
const history = (rest: Partial<History>): History => ({
  writes: [write(1), write(2), write(3)],
  changes: [],
  ears: [],
  ...rest,
})
const found = (rest: Partial<History>) => wrongs(judge(history(rest)))

test('a history in which all is well is found so', t => {
  const verdict = judge(history({ ears: [bob([hears(1), hears(2), hears(3)])] }))
  t.deepEqual(wrongs(verdict), [])
  t.like(verdict, { writes: 3, expected: 3, delivered: 3, p50: 6, p99: 6 })
})

test('a loss is found', t => {
  t.deepEqual(found({ ears: [bob([hears(1), hears(3)])] }), ['1 lost'])
})

test('a repeat is found, also at another position', t => {
  t.deepEqual(found({ ears: [bob([hears(1), hears(2), hears(3), hears(1, 4)])] }), ['1 repeated'])
})

test('disorder is found: by position, by writer, and between two ears', t => {
  t.deepEqual(found({ ears: [bob([hears(1), hears(2, 5), hears(3, 4)])] }), ['1 disorder'])
  t.deepEqual(found({ ears: [bob([hears(1), hears(3, 2), hears(2, 3)])] }), ['1 disorderByWriter'])
  t.deepEqual(found({ ears: [bob([hears(1), hears(2), hears(3)]), bob([hears(1), hears(2), hears(3, 4)])] }), [
    '1 disorder',
  ])
  t.deepEqual(found({ ears: [bob([hears(1), hears(2), hears(3), { key: null, pos: 2, at: 50 }])] }), ['1 disorder'])
})

test('a leak is found: to a stranger, of what is private, under a post not opened, and after a loss of rights', t => {
  const all = [hears(1), hears(2), hears(3)]
  t.deepEqual(found({ ears: [bob([hears(1)], { circles: new Set() })] }), ['1 unauthorised'])
  t.deepEqual(found({ writes: [write(1), write(2, null), write(3)], ears: [bob(all)] }), ['1 unauthorised'])
  t.deepEqual(found({ writes: [write(1), write(2, 'ada', 'post'), write(3)], ears: [bob(all)] }), ['1 unauthorised'])
  t.deepEqual(found({ changes: [change(false, 15, 18)], ears: [bob(all)] }), ['2 unauthorised'])
  const ended = { ...change(false, 15, 18), circle: null }
  t.deepEqual(found({ changes: [ended], ears: [bob(all)] }), ['2 unauthorised'])
})

test('what had to be withheld and was is counted, and what was written after the right came back is missed', t => {
  const changes = [change(false, 15, 18), change(true, 25, 28)]
  t.like(judge(history({ changes, ears: [bob([hears(1), hears(3)])] })), { lost: 0, withheld: 1, expected: 2 })
  const verdict = judge(history({ changes, ears: [bob([hears(1)])] }))
  t.deepEqual(wrongs(verdict), ['1 lost'])
  t.is(verdict.lostAfterGrant, 1)
})

test('where a change and a write overlap it may be heard or not', t => {
  const changes = [change(false, 12, 22)]
  t.deepEqual(found({ changes, ears: [bob([])] }), [])
  t.deepEqual(found({ changes, ears: [bob([hears(1), hears(2)])] }), [])
  t.deepEqual(found({ changes, ears: [bob([hears(1), hears(2), hears(3)])] }), ['1 unauthorised'])
})

test('what was written before a right was lost is missed, unless the ear was away meanwhile', t => {
  const changes = [change(false, 15, 18)]
  t.deepEqual(found({ changes, ears: [bob([])] }), ['1 lost'])
  for (const from of [5, 13]) t.deepEqual(found({ changes, ears: [bob([], { gaps: [{ from, to: from + 10 }] })] }), [])
  const other = { ...write(4, 'cara'), key: 'cara 4', writer: 'cara' }
  const heard: Hearing[] = [{ key: 'cara 4', pos: 4, at: 46 }]
  const ear = bob(heard, { circles: new Set(['ada', 'cara']), gaps: [{ from: 60, to: 70 }] })
  t.deepEqual(found({ writes: [...history({}).writes, other], changes, ears: [ear] }), ['1 lost'])
})

test('an ear that did not resume, never settled, or a write without an answer is found', t => {
  const all = [hears(1), hears(2), hears(3)]
  t.deepEqual(found({ ears: [bob(all, { unrecovered: ['amount'] })] }), ['1 unrecovered'])
  t.deepEqual(found({ ears: [bob(all, { settled: false })] }), ['1 unsettled'])
  t.deepEqual(found({ writes: [{ ...write(1), ackedAt: Infinity }], ears: [bob([hears(1)])] }), ['1 unanswered'])
})
