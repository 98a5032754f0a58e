import type { Planted } from '../../support/crowd.ts'
import type { Write } from '../history.ts'
import { pause } from '../pause.ts'
import type { Random } from '../random.ts'
import { textOf } from './ear.ts'
import { openLine } from './line.ts'

/** What one write is about: for whom, and the command that does it. */
export interface Plan {
  readonly circle: string | null
  readonly room: string | null
  readonly command: string
  readonly input: object
}

/** Somebody who writes at an even pace, each only once the last was answered. */
export interface Writer {
  /** Resolves once the last write is answered. */
  readonly stopped: Promise<void>
  close(): void
}

export interface WriterOptions {
  readonly urls: readonly string[]
  readonly person: Planted
  readonly random: Random
  /** Milliseconds from one write to the next. */
  readonly everyMs: number
  readonly plan: (random: Random) => Plan
  readonly stop: AbortSignal
  /** Told of each write as it begins; what is told of changes when it is answered. */
  readonly wrote: (write: Write) => void
  /** Told of a refusal, which nothing here should meet. */
  readonly refused: (why: string) => void
}

export function openWriter(options: WriterOptions): Writer {
  const { urls, person, random, everyMs, plan, stop, wrote, refused } = options
  const line = openLine({ urls, random: random.of('line'), auth: () => ({ token: person.token }) })
  const writing = async () => {
    let due = performance.now() + random.between(0, everyMs)
    for (let number = 0; ; number++) {
      await pause(Math.max(0, due - performance.now()), stop)
      if (stop.aborted) return
      due = Math.max(due + everyMs * random.between(0.7, 1.3), performance.now())
      const { command, input, circle, room } = plan(random)
      const key = `${person.id.slice(0, 8)} ${number}`
      const write = { key, writer: person.id, number, circle, room, sentAt: performance.now(), ackedAt: Infinity }
      wrote(write)
      const ack = await line.send(command, { ...input, text: textOf(key) })
      write.ackedAt = performance.now()
      if (!ack.ok) refused(`${command}: ${ack.error.code}/${ack.error.reason}`)
    }
  }
  return { stopped: writing(), close: () => line.close() }
}
