import { id, integer, list, nullable, optional, shape, text, type Field } from './shape.ts'

/** One page of a list: where `nextCursor` is null, there is no more. */
export const page = <T>(item: Field<T>) =>
  shape({ items: list(item, { max: 100 }), nextCursor: nullable(text({ max: 200 })) })

/** The fields every paged list takes. */
export const pageInput = { limit: optional(integer({ min: 1, max: 50 })), cursor: optional(id()) }

/** A page of rows that were read with one more than `limit`: that there is one more tells that there is another page. */
export function pageOf<R, T>(rows: readonly R[], limit: number, toItem: (row: R) => T, cursorOf: (item: T) => string) {
  const items = rows.slice(0, limit).map(toItem)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}
