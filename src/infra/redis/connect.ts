import { Redis, type RedisOptions } from 'ioredis'
import type { Logger } from '../../kernel/app.ts'
import { gather } from '../gather.ts'
import { outage } from '../telemetry/outage.ts'

const SHARED: RedisOptions = {
  connectTimeout: 2000,
  keepAlive: 10_000,
  retryStrategy: tries => Math.min(100 * tries, 1000),
}

const COMMANDS: RedisOptions = {
  ...SHARED,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  // A Redis that is there and does not answer is away, too.
  commandTimeout: 1000,
}

/** A connection for commands. While Redis is away it refuses at once instead of queueing what would be stale. */
export const connectRedis = (url: string, logger: Logger, name: string): Redis =>
  gathering(watched(new Redis(url, { ...COMMANDS, connectionName: name }), logger, name))

/** Commands of one turn of the event loop travel together. */
function gathering(redis: Redis): Redis {
  const send = redis.sendCommand.bind(redis)
  redis.sendCommand = (command, stream) => {
    if (redis.status === 'ready') gather(redis.stream)
    return send(command, stream)
  }
  return redis
}

/** Whether a command failed because Redis is there and does not answer; otherwise it is away, and soon back or not. */
export const isSilence = (error: unknown): boolean => error instanceof Error && error.message === 'Command timed out'

/** A connection for subscriptions. It waits for Redis as long as it takes and subscribes again by itself. */
export const subscribeRedis = (url: string, logger: Logger, name: string): Redis => {
  // Who has subscribed by the time of the check is in no state to be checked.
  const options = { ...SHARED, connectionName: name, maxRetriesPerRequest: null, enableReadyCheck: false }
  return watched(new Redis(url, options), logger, name)
}

/** A connection as Bull wants it: it waits for Redis as long as it takes, and many listen on it. */
export const queueRedis = (url: string, logger: Logger, name: string, options: RedisOptions): Redis =>
  watched(
    new Redis(url, { ...options, maxRetriesPerRequest: null, enableReadyCheck: false }),
    logger,
    name,
  ).setMaxListeners(0)

function watched(redis: Redis, logger: Logger, name: string): Redis {
  const { failed, worked } = outage(logger, name)
  return redis.on('error', failed).on('ready', worked)
}
