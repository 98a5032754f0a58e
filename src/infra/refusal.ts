import { randomUUID } from 'node:crypto'
import type { FailedAck } from '../kernel/dispatch.ts'
import type { Failure } from '../kernel/failure.ts'

/** The ack of what is refused before dispatch, in the same form as every other. */
export const refusalOf = (failure: Failure): FailedAck => ({
  ok: false,
  error: failure.toWire(),
  meta: { requestId: randomUUID() },
})
