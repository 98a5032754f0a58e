import { type Logger as Pino, pino } from 'pino'
import { redactLine, redactRecord } from './redact.ts'

/** Says a sentence, a record, or both; nothing is woven into the sentence, where it could not be withheld by name. */
interface Say {
  (sentence: string): void
  (record: object, sentence?: string): void
}

/** A log whose records, children and sentences all pass through the same withholding. */
export interface Logger extends Readonly<Record<'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', Say>> {
  /** A log that adds `bindings` to everything said through it. */
  child(bindings: object): Logger
}

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
  return withholding(log)
}

// pino formats what is logged, but not what a child is born with.
const withholding = (log: Pino): Logger => ({
  trace: log.trace.bind(log),
  debug: log.debug.bind(log),
  info: log.info.bind(log),
  warn: log.warn.bind(log),
  error: log.error.bind(log),
  fatal: log.fatal.bind(log),
  child: bindings => withholding(log.child(redactRecord(bindings))),
})
