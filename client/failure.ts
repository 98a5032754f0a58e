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
  get fields() {
    return this.wire.fields ?? {}
  }
}
