import test from 'ava'
import { AccessGranted, AccessRevoked, SessionClosed } from '../../src/kernel/control.ts'
import type { Grounds } from '../../src/kernel/room.ts'
import type { Actor } from '../../src/kernel/scope.ts'
import type { Entry } from '../../src/infra/log/entry.ts'
import {
  after,
  before,
  endOf,
  holds,
  sitsIn,
  visible,
  withoutRedacted,
  type OpenRooms,
} from '../../src/infra/log/replay.ts'

const actor = { id: 'me', sessionId: 'mine' } as unknown as Actor
const STANDING = ['friends:a', 'friends:b', 'friends:c', 'hidden:a', 'hidden:b']
const grounds = (needs: string[], bars: string[] = []) => ({ needs, bars }) as unknown as Grounds
const OPEN: OpenRooms = new Map([
  ['post:a', grounds(['friends:a'], ['hidden:a'])],
  ['post:ab', grounds(['friends:a', 'friends:b'])],
  ['post:public', grounds(['user:me'], ['hidden:a', 'hidden:b'])],
  ['post:me', grounds(['user:me'])],
])

const entry = (pos: number, rest: Partial<Entry>): Entry => ({
  pos,
  kind: 'event',
  name: 'post:created',
  payload: {},
  rooms: [],
  except: [],
  bytes: 100,
  ...rest,
})
const turn = (pos: number, granted: boolean, room: string, userId: string | null = 'me') =>
  entry(pos, {
    kind: 'control',
    name: (granted ? AccessGranted : AccessRevoked).name,
    payload: { userId, rooms: [room] },
  })

/** Numbers that look random and are the same in every run. */
function dice(seed: number) {
  let state = seed
  return (sides: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff
    return (state >>> 8) % sides
  }
}

/** A log, and for each position the standing rooms after it. */
function history(roll: (sides: number) => number, length: number) {
  let sits = new Set(['user:me', ...STANDING.filter(() => roll(2))])
  const memberAt = [sits]
  const rooms = [...STANDING, ...OPEN.keys(), 'user:me']
  const any = () => rooms[roll(rooms.length)] as string
  const entries = Array.from({ length }, (_, i) => {
    const pos = i + 1
    const room = STANDING[roll(STANDING.length)] as string
    const what = roll(5)
    if (what === 0) {
      const granted = !sits.has(room)
      sits = new Set(granted ? [...sits, room] : [...sits].filter(other => other !== room))
    }
    memberAt.push(sits)
    if (what === 0) return turn(pos, sits.has(room), room, !sits.has(room) && roll(3) === 0 ? null : 'me')
    if (what === 1) return turn(pos, roll(2) === 0, room, 'somebody else')
    return entry(pos, { rooms: roll(3) ? [any()] : [any(), any()], except: roll(6) ? [] : [any()] })
  })
  return { entries, memberAt }
}

test('what is visible of a random past is what a person sat in then and sits in now, however the snapshot falls', t => {
  for (let seed = 1; seed <= 3000; seed++) {
    const roll = dice(seed)
    const { entries, memberAt } = history(roll, 1 + roll(40))
    const since = roll(entries.length + 1)
    const head = since + roll(entries.length - since + 1) // how far the log reached in the snapshot
    const known = head + roll(entries.length - head + 1) // how far the snapshot saw what was committed
    const between = (from: number, to: number) => entries.filter(({ pos }) => pos > from && pos <= to)
    const at = (pos: number) => memberAt[pos] ?? new Set<string>()
    const open = new Map([...OPEN].filter(([, grounds]) => holds(grounds, at(known))))

    // As a join does it.
    const atHead = before(new Set([...at(known), ...open.keys()]), between(head, known), actor)
    const now = after(atHead, between(head, entries.length), actor)
    const then = before(atHead, between(since, head), actor)
    const heard = visible(between(since, entries.length), then, now, actor, open)

    // As it is meant.
    const sat = (pos: number, room: string) => {
      const { needs, bars } = open.get(room) ?? { needs: [room], bars: [] }
      return needs.every(other => at(pos).has(other)) && bars.every(other => !at(pos).has(other))
    }
    const meant = between(since, entries.length).filter(
      ({ kind, pos, rooms, except }) =>
        kind === 'event' &&
        rooms.some(room => sat(pos, room) && sat(entries.length, room)) &&
        !except.some(room => at(pos).has(room) || at(entries.length).has(room) || open.has(room)),
    )
    t.deepEqual(
      heard.map(({ pos }) => pos),
      meant.map(({ pos }) => pos),
      `seed ${seed}`,
    )
    for (const room of [...STANDING, ...open.keys()])
      t.is(sitsIn(now, room, open), sat(entries.length, room), `seed ${seed}: ${room}`)
  }
})

test('an open room needs all its grounds, and comes back only with the last of them', t => {
  const member = new Set(['post:ab', 'friends:a', 'friends:b'])
  const lost = after(member, [turn(1, false, 'friends:a'), turn(2, false, 'friends:b')], actor)
  t.false(sitsIn(lost, 'post:ab', OPEN))
  const half = after(lost, [turn(3, true, 'friends:a')], actor)
  t.false(sitsIn(half, 'post:ab', OPEN))
  t.true(sitsIn(after(half, [turn(4, true, 'friends:b')], actor), 'post:ab', OPEN))
})

test('an open room is left with the first of its bars, and comes back only without any', t => {
  const member = new Set(['post:public', 'user:me'])
  const barred = after(member, [turn(1, true, 'hidden:a'), turn(2, true, 'hidden:b')], actor)
  t.false(sitsIn(barred, 'post:public', OPEN))
  const half = after(barred, [turn(3, false, 'hidden:b')], actor)
  t.false(sitsIn(half, 'post:public', OPEN))
  t.true(sitsIn(after(half, [turn(4, false, 'hidden:a')], actor), 'post:public', OPEN))
})

test('a session is over by its own end alone', t => {
  const end = (sessionId: string) =>
    entry(1, { kind: 'control', name: SessionClosed.name, payload: { userId: 'me', sessionId, reason: 'signed_out' } })
  t.is(endOf([end('other')], actor), null)
  t.is(endOf([end('other'), end('mine')], actor), 'signed_out')
})

test('what was read before it was blanked is left out together with what tells that it was', t => {
  const read = [1, 2, 3].map(pos => entry(pos, {}))
  const since = [entry(4, {}), entry(5, { kind: 'redaction', payload: [1, 3] }), entry(6, {})]
  t.deepEqual(
    withoutRedacted([...read, ...since]).map(({ pos }) => pos),
    [2, 4, 5, 6],
  )
})
