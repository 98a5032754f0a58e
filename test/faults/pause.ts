import { setTimeout } from 'node:timers/promises'

/** Resolves after `ms`, or at once when stopped. */
export const pause = (ms: number, stop: AbortSignal): Promise<unknown> =>
  setTimeout(ms, undefined, { signal: stop }).catch(() => undefined)
