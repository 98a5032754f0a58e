import { Late } from './failure.ts'

/**
 * What `work` answers, if it does so within `ms`. It is not stopped by then, only waited for no longer. A process that was too
 * busy to look reads what has arrived meanwhile before it says that nothing came.
 */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => setImmediate(() => late.reject(Late())), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
