/** Whoever wants to hear of something. One that throws does so on its own, after the others have heard. */
export function listeners<A extends unknown[]>() {
  const all = new Set<(...args: A) => void>()
  return {
    add(hear: (...args: A) => void) {
      all.add(hear)
      return () => void all.delete(hear)
    },
    tell(...args: A) {
      for (const hear of all)
        try {
          hear(...args)
        } catch (error) {
          queueMicrotask(() => {
            throw error
          })
        }
    },
  }
}
