import { EventEmitter } from 'node:events'
import type { Redis } from 'ioredis'

/** What a Redis connection is to the log and to Socket.IO's adapter, without a server: it keeps what is published. */
export interface FakeRedis extends EventEmitter {
  readonly published: { channel: string; message: Buffer }[]
  readonly subscribed: Set<string>
  readonly redis: Redis
}

export function fakeRedis(): FakeRedis {
  const published: FakeRedis['published'] = []
  const subscribed = new Set<string>()
  const add = async (...names: string[]) => names.flat().map(name => subscribed.add(name).size)
  const remove = async (...names: string[]) => names.flat().map(name => subscribed.delete(name))
  const fake = Object.assign(new EventEmitter(), {
    published,
    subscribed,
    publish: async (channel: string, message: Buffer) => published.push({ channel, message }),
    subscribe: add,
    psubscribe: add,
    unsubscribe: remove,
    punsubscribe: remove,
  })
  return Object.assign(fake, { redis: fake as unknown as Redis })
}
