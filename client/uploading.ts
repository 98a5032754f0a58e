/** How a file gets to storage, which is asked directly: by one request, or in pieces that may break off and go on. */
import type { Data } from './contract.ts'

export type SignedUpload = Data<'upload:sign'>['uploads'][number]

const PIECE_BYTES = 2 * 1024 * 1024 // a multiple of 256 kB, which storage asks for
const ATTEMPTS = 5
const RETRY_MS = 500
/** A piece on a slow line takes a minute; what takes longer is lost. */
const REQUEST_MS = 120_000
const LATER = [408, 429]
const GONE_ON = 308
const THERE_ALREADY = 412

/** Sends a file as it was signed for; throws once storage refuses it, or cannot be reached five times. */
export const sendFile = (upload: SignedUpload, file: Blob): Promise<void> =>
  upload.method === 'PUT' ? sendWhole(upload, file) : sendInPieces(upload, file)

async function sendWhole({ url, headers }: SignedUpload, file: Blob): Promise<void> {
  const answer = await patiently(() => fetch(url, { method: 'PUT', headers, body: file }))
  // An earlier attempt arrived, though its answer did not; what it is, the server looks at itself.
  if (!answer.ok && answer.status !== THERE_ALREADY) throw refusalBy(answer)
}

async function sendInPieces({ url, headers }: SignedUpload, file: Blob): Promise<void> {
  const begun = await patiently(() => fetch(url, { method: 'POST', headers }))
  const session = begun.headers.get('location')
  if (!begun.ok || !session) throw refusalBy(begun)
  const put = (range: string, body: Blob | null) =>
    fetch(session, {
      method: 'PUT',
      headers: { 'content-range': `bytes ${range}/${file.size}` },
      body,
      signal: AbortSignal.timeout(REQUEST_MS),
    })

  let sent = 0
  let fruitless = 0
  for (;;) {
    const end = Math.min(sent + PIECE_BYTES, file.size)
    const answer = await put(`${sent}-${end - 1}`, file.slice(sent, end))
      .then(serving)
      .catch(() => pause(fruitless).then(() => put('*', null))) // asks how much has arrived
      .catch(() => null)
    if (answer?.ok) return
    if (answer && answer.status !== GONE_ON && !isPassing(answer)) throw refusalBy(answer)
    const arrived = answer?.status === GONE_ON ? arrivedBy(answer) : sent
    fruitless = arrived > sent ? 0 : fruitless + 1
    if (fruitless >= ATTEMPTS) throw new Error('Storage cannot be reached')
    sent = arrived
  }
}

/** How many bytes storage says it has, of an upload that is not whole. */
const arrivedBy = (answer: Response) => Number(/-(\d+)$/.exec(answer.headers.get('range') ?? '')?.[1] ?? -1) + 1

/** Sends until there is an answer that is no fault of the moment, a few times. */
async function patiently(send: () => Promise<Response>): Promise<Response> {
  for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
    try {
      return serving(await send())
    } catch {
      await pause(attempt)
    }
  }
  return send()
}

function serving(answer: Response): Response {
  if (isPassing(answer)) throw refusalBy(answer)
  return answer
}

/** Whether the same may be taken a moment later. */
const isPassing = ({ status }: Response) => status >= 500 || LATER.includes(status)

const pause = (attempt: number) => new Promise(resolve => setTimeout(resolve, RETRY_MS * 2 ** attempt))

const refusalBy = ({ status }: Response) => new Error(`Storage refused the upload: ${status}`)
