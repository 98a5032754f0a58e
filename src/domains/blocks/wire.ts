import type { UserId } from '../../kernel/scope.ts'
import { id, instant, shape, text, type Infer } from '../../kernel/shape.ts'
import type { Block } from '../accounts/model.ts'

/** Somebody one has blocked: enough to know whom to unblock. */
export const BlockWire = shape({
  userId: id<UserId>(),
  displayName: text({ min: 0, max: 50 }),
  blockedAt: instant(),
})

/** A block, and the name on the profile of the blocked as far as one may know it. */
export interface BlockRow extends Pick<Block, 'blockedId' | 'createdAt'> {
  readonly displayName: string | null
}

export const toWire = ({ blockedId, displayName, createdAt }: BlockRow): Infer<typeof BlockWire> => ({
  userId: blockedId,
  displayName: displayName ?? '',
  blockedAt: createdAt.toISOString(),
})
