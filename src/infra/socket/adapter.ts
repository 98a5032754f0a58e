import { createAdapter } from '@socket.io/redis-adapter'
import type { Redis } from 'ioredis'
import type { Namespace } from 'socket.io'
import type { Gate } from '../log/gate.ts'

/** The adapter as it is, hearing through the gate. */
export function gatedAdapter(redis: Redis, gate: Gate, key: string) {
  const create = createAdapter(forgiving(redis), gate.subscriber, { key })
  // No arrow: Socket.IO calls it with `new`.
  return function gated(namespace: Namespace) {
    return withSharedNames(create(namespace))
  }
}

type Adapter = ReturnType<ReturnType<typeof createAdapter>>

/** Keeps the name of a room once: each socket would have a copy of its own of hundreds of them, larger than its seats. */
function withSharedNames(adapter: Adapter): Adapter {
  const names = new Map<string, string>()
  const nameOf = (room: string) => names.get(room) ?? room
  adapter.on('create-room', (room: string) => names.set(room, room))
  adapter.on('delete-room', (room: string) => names.delete(room))
  const addAll = adapter.addAll.bind(adapter)
  adapter.addAll = (id, rooms) => addAll(id, new Set([...rooms].map(nameOf)))
  return adapter
}

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
