import { setTimeout as pause } from 'node:timers/promises'

const LOOK_EVERY_MS = 25
const WITHIN_MS = 15_000

/** Waits for something nobody tells of, such as a file that is gone; throws when it does not come about. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WITHIN_MS
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`It never came about that ${what}`)
    await pause(LOOK_EVERY_MS)
  }
}
