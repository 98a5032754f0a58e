import type { SessionId } from '../../kernel/control.ts'
import { id, instant, nullable, oneOf, shape, text, type Infer } from '../../kernel/shape.ts'
import { TYPES, type Activity, type ActivityId } from './model.ts'

export const ActivityWire = shape({
  id: id<ActivityId>(),
  type: oneOf(...TYPES),
  sessionId: nullable(id<SessionId>()),
  /** As it is kept: after 30 days only the network is. */
  address: nullable(text({ max: 64 })),
  deviceName: text({ min: 0, max: 100 }),
  createdAt: instant(),
})

export const toWire = (activity: Activity): Infer<typeof ActivityWire> => ({
  id: activity.id,
  type: activity.type,
  sessionId: activity.sessionId,
  address: activity.address,
  deviceName: activity.device.name ?? '',
  createdAt: activity.createdAt.toISOString(),
})
