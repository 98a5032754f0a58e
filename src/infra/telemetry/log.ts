import { pino } from 'pino'
import type { Logger } from '../../kernel/app.ts'
import { redactLine, redactRecord } from './redact.ts'

/** A log of JSON lines on stdout that withholds what is private. */
export function createLog({ level, name }: { readonly level: string; readonly name: string }): Logger {
  const log = pino({
    level,
    base: { name, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: {
      level: label => ({ level: label }),
      log: record => redactRecord(record),
    },
    // Errors are described by redactRecord; pino's own serializer would describe the description.
    serializers: { err: (error: unknown) => error },
    hooks: { streamWrite: redactLine },
  })
  return { info: log.info.bind(log), warn: log.warn.bind(log), error: log.error.bind(log) }
}
