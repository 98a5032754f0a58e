/** A little less than the server takes from one person: 20 a second, and 60 at once after a quiet time. */
const PER_SECOND = 18
const BURST = 50

/** Spaces out what is sent, so that the server drops none of it: resolves when the next may go. */
export function createPace(): () => Promise<void> {
  const step = 1000 / PER_SECOND
  let reached = -Infinity
  return async () => {
    const now = performance.now()
    reached = Math.max(reached, now - BURST * step) + step
    if (reached > now) await new Promise(resolve => setTimeout(resolve, reached - now))
  }
}
