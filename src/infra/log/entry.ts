/**
 * Terminology
 * - entry: one line of the log. `event` is for clients, `control` changes who hears what, `fact` is for other slices,
 *   `job` is work to queue. What told of something that is erased by now is `redacted`: its position is left and nothing
 *   else. A `redaction` tells which positions that has happened to, before the event that erases is heard.
 * - packet: an entry as it travels through Redis, in the wire format of @socket.io/redis-adapter: `[uid, packet, opts]`
 *   in MessagePack, published on one room's channel, or on the common channel when there are several rooms.
 *
 * An adapter's own uid is 6 characters. Ours is 17, a letter for the kind and the position in 16 digits, so the gate
 * reads both from fixed bytes without decoding.
 */
import { decode, encode } from 'notepack.io'
import type { Effect, Message } from '../../kernel/scope.ts'

export interface Entry {
  readonly pos: number
  readonly kind: Effect['kind'] | 'redacted' | 'redaction'
  readonly name: string
  readonly payload: unknown
  readonly rooms: readonly string[]
  readonly except: readonly string[]
  /** How large it is as it travels. */
  readonly bytes: number
}

/** A row of `event_log`; the payload is JSON text. */
export interface EntryRow {
  readonly pos: number
  readonly kind: Entry['kind']
  readonly name: string
  readonly payload: string
  readonly rooms: string[]
  readonly excluded: string[]
}

export interface Packet {
  readonly pos: number
  readonly letter: Letter
  /** The one room it is for; empty when it is for several, or for none. */
  readonly room: string
  readonly message: Buffer
}

/** E is for clients, C and R for the gate, N for no one on a web node: it only keeps the positions dense. */
export type Letter = 'E' | 'C' | 'R' | 'N'

/** An event for no room is for no one: the adapter would take the lack of rooms for everybody. */
function letterOf({ kind, rooms }: EntryRow): Letter {
  if (kind === 'control') return 'C'
  if (kind === 'redaction') return 'R'
  return kind === 'event' && rooms.length > 0 ? 'E' : 'N'
}

const EVENT_PACKET = 2
type Wire = [
  uid: string,
  packet: { type: number; nsp: '/'; data: [name: string, payload: unknown, pos: number | null] },
  opts: { rooms: readonly string[]; except: readonly string[]; flags: object },
]

export function packetOf(row: EntryRow): Packet {
  const letter = letterOf(row)
  if (letter === 'N') return blankPacket(row.pos)
  const wire: Wire = [
    uidOf(letter, row.pos),
    { type: EVENT_PACKET, nsp: '/', data: [row.name, JSON.parse(row.payload), row.pos] },
    { rooms: row.rooms, except: row.excluded, flags: {} },
  ]
  return { pos: row.pos, letter, room: letter === 'E' ? roomOf(row.rooms) : '', message: encode(wire) as Buffer }
}

const roomOf = (rooms: readonly string[]) => (rooms.length === 1 ? (rooms[0] as string) : '')

/** No node's own uid, so every node takes it, and none of the log. */
const EPHEMERAL = 'ephemeral'

/** An ephemeral event as it travels: in the same wire format, without a position. */
export function ephemeralPacket({ name, payload, rooms, except }: Message): Pick<Packet, 'room' | 'message'> {
  const wire: Wire = [
    EPHEMERAL,
    { type: EVENT_PACKET, nsp: '/', data: [name, payload, null] },
    { rooms, except, flags: {} },
  ]
  return { room: roomOf(rooms), message: encode(wire) as Buffer }
}
/** A packet for no one. */
export const blankPacket = (pos: number): Packet => ({
  pos,
  letter: 'N',
  room: '',
  message: encode([uidOf('N', pos)]) as Buffer,
})

const uidOf = (letter: Letter, pos: number) => letter + String(pos).padStart(16, '0')

// MessagePack: 0x93 an array of 3 (0x91 of 1), then 0xb1 a string of 17.
const isLog = (message: Buffer) => (message[0] === 0x93 || message[0] === 0x91) && message[1] === 0xb1

/** Reads a message from Redis; null when it is not of the log: ephemeral, or the adapter's own. */
export function readPacket(room: string, message: Buffer): Packet | null {
  if (!isLog(message)) return null
  return {
    pos: Number(message.toString('latin1', 3, 19)),
    letter: message.toString('latin1', 2, 3) as Letter,
    room,
    message,
  }
}

const KINDS = { E: 'event', C: 'control', R: 'redaction' } as const

/** Decodes a packet that carries a payload: any but of letter N. */
export function openPacket({ pos, letter, message }: Packet): Entry {
  const [, packet, opts] = decode(message) as Wire
  const [name, payload] = packet.data
  const { rooms, except } = opts
  return { pos, kind: KINDS[letter as keyof typeof KINDS], name, payload, rooms, except, bytes: message.length }
}

/** The positions that a redaction tells have been blanked. */
export const blankedBy = (redaction: Entry): readonly number[] => redaction.payload as number[]
