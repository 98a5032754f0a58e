import type { FailureWire } from './contract.ts'

/** A refusal by the server. `retry` tells whether the same request may succeed later. */
export class KithFailure extends Error {
  override name = 'KithFailure'
  readonly wire: FailureWire

  constructor(wire: FailureWire) {
    super(`${wire.code}/${wire.reason}: ${wire.message}`)
    this.wire = wire
  }

  get code() {
    return this.wire.code
  }
  get reason() {
    return this.wire.reason
  }
  get retry() {
    return this.wire.retry
  }
  /** How long to wait before the same is tried again, where the server says so. */
  get retryAfterMs() {
    return this.wire.retryAfterMs
  }
  get fields() {
    return this.wire.fields ?? {}
  }
}
