/** Lets a few works run at once; others wait their turn in order. */
export interface Turnstile {
  /** Does the work when its turn has come, and never if `gone` comes first. */
  pass(work: () => Promise<void>, gone: AbortSignal): Promise<void>
  /** How many wait. */
  waiting(): number
}

export function createTurnstile(width: number): Turnstile {
  const queue = new Set<() => void>()
  let inside = 0

  /** Tells whether the turn came. */
  async function turn(gone: AbortSignal): Promise<boolean> {
    if (gone.aborted) return false
    if (inside < width) {
      inside += 1
      return true
    }
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const enter = () => resolve(true)
    const leave = () => {
      queue.delete(enter)
      resolve(false)
    }
    queue.add(enter)
    gone.addEventListener('abort', leave)
    return promise.finally(() => gone.removeEventListener('abort', leave))
  }

  function next() {
    const [enter] = queue
    if (enter) {
      queue.delete(enter)
      enter()
    } else inside -= 1
  }

  return {
    async pass(work, gone) {
      if (!(await turn(gone))) return
      try {
        await work()
      } finally {
        next()
      }
    },
    waiting: () => queue.size,
  }
}
