import { EventEmitter, once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { sendJson } from './http.ts'

/** The last entries of something that happens, and a way to wait for the next. */
export interface Journal<Entry> {
  add(entry: Entry): void
  /** The kept entries that match, oldest first. */
  find(matches: (entry: Entry) => boolean): Entry[]
  /** The same, as soon as there are more than `after`, or when the signal aborts. */
  findMoreThan(after: number, matches: (entry: Entry) => boolean, signal: AbortSignal): Promise<Entry[]>
}

const CAPACITY = 1_000
const LONGEST_WAIT_MS = 60_000

export function createJournal<Entry>(): Journal<Entry> {
  const entries: Entry[] = []
  const arrivals = new EventEmitter().setMaxListeners(0)
  const find = (matches: (entry: Entry) => boolean) => entries.filter(matches)
  return {
    find,
    add(entry) {
      entries.push(entry)
      if (entries.length > CAPACITY) entries.shift()
      arrivals.emit('entry')
    },
    async findMoreThan(after, matches, signal) {
      for (;;) {
        const found = find(matches)
        if (found.length > after || signal.aborted) return found
        await once(arrivals, 'entry', { signal }).catch(() => undefined)
      }
    },
  }
}

/** Answers the matching entries as JSON, newest last; `after` and `waitMs` in the query wait until there are more. */
export async function sendEntries<Entry>(
  res: ServerResponse,
  query: URLSearchParams,
  journal: Journal<Entry>,
  matches: (entry: Entry) => boolean,
): Promise<void> {
  const waitMs = Math.min(Number(query.get('waitMs')) || 0, LONGEST_WAIT_MS)
  const gone = new AbortController()
  res.once('close', () => gone.abort())
  const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(waitMs)])
  const found =
    waitMs > 0 ? await journal.findMoreThan(Number(query.get('after')) || 0, matches, signal) : journal.find(matches)
  if (!res.destroyed) sendJson(res, 200, found)
}
