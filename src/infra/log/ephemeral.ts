import type { Redis } from 'ioredis'
import type { App } from '../../kernel/app.ts'
import { ephemeralPacket } from './entry.ts'
import type { LogKeys } from './keys.ts'

/**
 * The way past the log. It runs through Redis also to the node that sends, so that it is heard after whatever the log has
 * published by then. A change of rights that waits for its place in the log may come after it.
 */
export const createPublish =
  (redis: Redis, keys: LogKeys): App['publish'] =>
  messages => {
    const pipeline = redis.pipeline()
    for (const message of messages) {
      if (message.rooms.length === 0) continue // which the adapter would take for everybody
      const packet = ephemeralPacket(message)
      pipeline.publish(keys.channelOf(packet.room), packet.message)
    }
    pipeline.exec().catch(() => undefined) // what cannot be sent now is of no use later
  }
