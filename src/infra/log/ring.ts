import { blankPacket, type Packet } from './entry.ts'

/** The newest packets a node has let through, in order and without holes, kept for resumes. */
export interface Ring {
  /** Forgets everything; what is pushed from now on follows `pos`. */
  reset(pos: number): void
  push(packet: Packet): void
  /** Leaves nothing but their positions of these packets, as far as they are here. */
  blank(positions: readonly number[]): void
  /** How many there are. */
  span(): number
  /** Whether everything after `pos` is here. */
  covers(pos: number): boolean
  /** The packets after `pos`, oldest first. */
  after(pos: number): Packet[]
}

export function createRing(capacity: number): Ring {
  let packets: Packet[] = []
  let base = Infinity // the position just before the oldest packet
  return {
    reset(pos) {
      packets = []
      base = pos
    },
    push(packet) {
      packets.push(packet)
      if (packets.length < capacity * 1.25) return
      base += packets.length - capacity
      packets = packets.slice(-capacity)
    },
    blank(positions) {
      for (const pos of positions) if (pos > base) packets[pos - base - 1] = blankPacket(pos)
    },
    span: () => packets.length,
    covers: pos => pos >= base,
    after: pos => packets.slice(Math.max(0, pos - base)),
  }
}
