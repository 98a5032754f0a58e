import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { bodyOf } from '../http.ts'
import { refuseOtherContent, type ExpectedChecksums } from './checksum.ts'
import { openIncoming, type Incoming, type SizeRange } from './incoming.ts'
import type { Description, Objects, Place, StoredObject } from './objects.ts'
import type { Preconditions } from './preconditions.ts'
import { Invalid, Refusal } from './refusal.ts'

/** An upload in pieces, as it was agreed when it began. */
export interface UploadPlan {
  readonly place: Place
  readonly description: Description
  readonly conditions: Preconditions
  readonly range: SizeRange
  readonly expected: ExpectedChecksums
}

interface Session extends UploadPlan {
  readonly incoming: Incoming
  busy: boolean
}

const MOST_SESSIONS = 1_000

export type Uploads = ReturnType<typeof openUploads>

/** Uploads in pieces. A restart forgets them, and their clients begin again. */
export function openUploads(objects: Objects) {
  const sessions = new Map<string, Session>()

  const end = async (id: string) => {
    const session = sessions.get(id)
    sessions.delete(id)
    await session?.incoming.discard()
  }

  return {
    /** Begins an upload and gives it a name. */
    async begin(plan: UploadPlan): Promise<string> {
      const id = randomUUID()
      sessions.set(id, { ...plan, incoming: await openIncoming(objects.arriving, plan.range), busy: false })
      const [oldest] = sessions.keys()
      if (sessions.size > MOST_SESSIONS && oldest) await end(oldest)
      return id
    },

    /** Takes the next piece; answers 308 while more is missing, and returns the object once it is whole. */
    async take(id: string, req: IncomingMessage, res: ServerResponse): Promise<StoredObject | null> {
      const session = sessions.get(id)
      if (!session) throw new Refusal(404, 'NoSuchUpload', 'The upload does not exist or is over.')
      if (session.busy) throw new Refusal(503, 'ServiceUnavailable', 'An earlier piece is still being received.')
      session.busy = true
      try {
        const { incoming } = session
        const piece = readPiece(req.headers['content-range'])
        if (piece.start !== null) await takePiece(incoming, piece.start, bodyOf(req))
        // A stream of unknown length, `bytes 0-*/*`, is whole when its request ends.
        const isWhole = piece.total === null ? piece.endsWithRequest : incoming.size >= piece.total
        if (!isWhole) {
          res.writeHead(308, incoming.size > 0 ? { range: `bytes=0-${incoming.size - 1}` } : {}).end()
          return null
        }
        const received = await incoming.finish()
        refuseOtherContent(received, session.expected)
        const object = objects.put(session.place, received, session.description, session.conditions)
        sessions.delete(id)
        return object
      } catch (error) {
        if (error instanceof Refusal && error.status < 500) await end(id)
        throw error
      } finally {
        session.busy = false
      }
    },

    cancel: end,
  }
}

/** Bytes we have already are skipped: a client that did not hear our answer sends them again. */
async function takePiece(incoming: Incoming, start: number, chunks: AsyncIterable<Buffer>): Promise<void> {
  if (start > incoming.size) throw new Refusal(503, 'ServiceUnavailable', 'Bytes before this piece are missing.')
  await incoming.write(withoutFirst(incoming.size - start, chunks))
}

async function* withoutFirst(count: number, chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let left = count
  for await (const chunk of chunks) {
    if (chunk.length > left) yield chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}

/** Reads `bytes a-b/total`; `*` stands for what is not known. With `*` for the range it only asks how much has arrived. */
function readPiece(header = 'bytes 0-*/*') {
  const match = /^bytes (?:(\d+)-(\d+|\*)|\*)\/(\d+|\*)$/.exec(header)
  if (!match) throw Invalid('The content-range cannot be read.')
  const [, start, end, total] = match
  return {
    start: start === undefined ? null : Number(start),
    endsWithRequest: end === '*',
    total: total === '*' || total === undefined ? null : Number(total),
  }
}
