import type { Packet } from './entry.ts'

/** The newest packets a node has let through, in order and without holes, kept for resumes. */
export interface Ring {
  push(packet: Packet): void
  clear(): void
  /** Whether everything after `pos` is here. */
  covers(pos: number): boolean
  /** The packets after `pos`, oldest first. */
  after(pos: number): Packet[]
}

export function createRing(capacity: number): Ring {
  let packets: Packet[] = []
  return {
    push(packet) {
      packets.push(packet)
      if (packets.length >= capacity * 1.25) packets = packets.slice(-capacity)
    },
    clear() {
      packets = []
    },
    covers(pos) {
      const oldest = packets[0]
      return oldest !== undefined && oldest.pos <= pos + 1
    },
    after(pos) {
      const oldest = packets[0]
      return oldest ? packets.slice(Math.max(0, pos + 1 - oldest.pos)) : []
    },
  }
}
