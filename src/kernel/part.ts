/** A part of an object, at any depth; a list is taken as a whole. */
export type Part<T> = T extends string | number | boolean | null | readonly unknown[]
  ? T
  : { readonly [K in keyof T]?: Part<T[K]> }

const isGroup = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What there was, with a part of it changed. */
export function merged<T extends object>(whole: T, part: NoInfer<Part<T>>): T {
  const result = new Map<string, unknown>(Object.entries(whole))
  for (const [key, given] of Object.entries(part)) {
    const before = result.get(key)
    result.set(key, isGroup(before) && isGroup(given) ? merged(before, given) : given)
  }
  return Object.fromEntries(result) as T
}
