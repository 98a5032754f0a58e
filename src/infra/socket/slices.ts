import { setTimeout as pause } from 'node:timers/promises'

const SLICE_MS = 50

/** Sends every one of `all` away, a few at a time, spread evenly over `ms`; sooner when nobody is left. */
export async function inSlices<T>(all: ReadonlySet<T>, ms: number, send: (one: T) => Promise<void>): Promise<void> {
  const sent = new Map<T, Promise<void>>()
  for (let turns = Math.max(1, Math.round(ms / SLICE_MS)); turns > 0; turns--) {
    const left = [...all].filter(one => !sent.has(one))
    if (left.length === 0) break
    for (const one of left.slice(0, Math.ceil(left.length / turns))) sent.set(one, send(one))
    if (turns > 1) await pause(SLICE_MS)
  }
  await Promise.all(sent.values())
}
