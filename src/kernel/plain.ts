import { Invalid } from './failure.ts'

const LEVELS_MAX = 16
const ITEMS_MAX = 200
const PROTOTYPE = '__proto__'

/**
 * Refuses what cannot be copied, walked and found fault with at little cost: a key that would be taken for a prototype
 * when the object is copied, or more levels or items than any command means.
 */
export function refuseOdd(input: unknown): void {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return // not what any command takes
  const odd = Object.entries(input).find(([key, value], i) => i >= ITEMS_MAX || key === PROTOTYPE || !isPlain(value, 1))
  if (!odd) return
  const rule = `must be plain JSON of at most ${LEVELS_MAX} levels of ${ITEMS_MAX} items`
  throw Invalid({ fields: { [odd[0].slice(0, 200)]: rule } })
}

function isPlain(value: unknown, level: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (level >= LEVELS_MAX || Object.hasOwn(value, PROTOTYPE)) return false
  const items = Object.values(value)
  return items.length <= ITEMS_MAX && items.every(item => isPlain(item, level + 1))
}
