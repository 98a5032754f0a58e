import type { Logger } from '../../kernel/app.ts'

/** Says once that something fails and once that it works again, however often it fails in between. */
export function outage(logger: Logger, what: string) {
  let failing = false
  return {
    failed(err: unknown) {
      if (!failing) logger.warn({ err }, `${what} fails`)
      failing = true
    },
    worked() {
      if (failing) logger.info({}, `${what} works again`)
      failing = false
    },
  }
}
