import { createAdapter } from '@socket.io/redis-adapter'
import type { Redis } from 'ioredis'
import type { Gate } from '../log/gate.ts'

/** The adapter as it is, hearing through the gate. */
export const gatedAdapter = (redis: Redis, gate: Gate, key: string) =>
  createAdapter(forgiving(redis), gate.subscriber, { key })

/** The adapter drops the promises of `publish`; a refusal while Redis is away must not end the process. */
const forgiving = (redis: Redis) =>
  new Proxy(redis, {
    get(target, key) {
      if (key === 'publish')
        return (channel: string, message: Buffer) => target.publish(channel, message).catch(() => 0)
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
