import type { UserId } from '../../kernel/scope.ts'
import { id, integer, shape } from '../../kernel/shape.ts'

/** Grows with time, also when Redis was emptied. */
export const Version = integer({ min: 0, max: Number.MAX_SAFE_INTEGER })

/** A friend who is here, and the version of that news. */
export const PresentWire = shape({ userId: id<UserId>(), version: Version })
