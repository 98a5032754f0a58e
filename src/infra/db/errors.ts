import { Late, Unavailable, type Failure } from '../../kernel/failure.ts'

/** The driver's own error; Objection puts its own around some, and leaves the code behind. */
const nativeOf = (error: unknown) => {
  const { nativeError } = (error ?? {}) as { nativeError?: unknown }
  return (nativeError ?? error ?? {}) as { readonly code?: unknown; readonly constraint?: unknown }
}

const codeOf = (error: unknown): string => {
  const { code } = nativeOf(error)
  return typeof code === 'string' ? code : ''
}

// SQLSTATE classes and Node’s own codes for a server that is away, stopping, full, gave way to somebody else, or was
// migrated under a prepared statement.
const AWAY =
  /^(08...|53...|57P0[1-5]|40001|40P01|55P03|0A000|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN)$/
const AWAY_MESSAGE =
  /Connection terminated|Timeout acquiring a connection|timeout expired|Connection ended|not queryable|Unable to acquire/i
const CANCELLED = '57014'

/** What an error of the database means to a client: come back later, or null when it is our own bug. */
export function explainDbError(error: unknown): Failure | null {
  if (codeOf(error) === CANCELLED) return Late({}, { cause: error })
  const away = AWAY.test(codeOf(error)) || (error instanceof Error && AWAY_MESSAGE.test(error.message))
  return away ? Unavailable({}, { cause: error }) : null
}
