import type { Heard } from './device.ts'

/** What `flood` counted, of what was heard. */
export const numbers = (heard: readonly Heard[]) =>
  heard.filter(({ name }) => name === 'test:flooded').map(({ payload }) => payload.n as number)

export const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1)
