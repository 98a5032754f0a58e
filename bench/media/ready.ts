import { createClient, type Client, type Tokens, type TokenStore } from '../../client/index.ts'
import { sendFile } from '../../client/uploading.ts'
import { plantPeople, type Planted } from '../../test/support/crowd.ts'
import { median } from '../figures.ts'
import type { Section } from '../results.ts'
import type { Stage } from '../stage.ts'
import type { Original } from './originals.ts'

const UPLOADS = 5

/** How long a person waits until their photo can be posted. */
export async function ready(stage: Stage, originals: readonly Original[], rounds: number): Promise<Section> {
  const original = originals[0] as Original
  const photo = new Blob([new Uint8Array(original.bytes)], { type: 'image/jpeg' })
  await using servers = new AsyncDisposableStack()
  const web = servers.use(await stage.start('web'))
  servers.use(await stage.start('worker'))
  const signed: number[] = []
  const completed: number[] = []
  for (const person of await plantPeople(stage.db, stage.config, rounds)) {
    const client = createClient({ url: web.url, store: storeOf(person) })
    await client.connect()
    const waits: { readonly sign: number; readonly complete: number }[] = []
    for (let upload = 0; upload < UPLOADS; upload += 1) waits.push(await waitFor(client, photo))
    client.close()
    signed.push(median(waits.map(({ sign }) => sign)))
    completed.push(median(waits.map(({ complete }) => complete)))
  }
  return {
    title: 'Media: until a photo is ready',
    about:
      `The client uploads ${original.name} (${(original.bytes.length / 1e6).toFixed(1)} MB) ${UPLOADS} times, one after the other, to one web ` +
      'process and one worker, until it hears `media:ready`; the median of a round. Storage is the local stand-in.',
    figures: [
      { what: 'from `upload:complete`, p50', unit: 'ms', figures: completed, kith: completed },
      { what: 'from `upload:sign`, p50', unit: 'ms', figures: signed, kith: signed },
    ],
  }
}

/** The tokens of somebody who never signed in. */
function storeOf({ id, sessionId, token }: Planted): TokenStore {
  const accessExpiresAt = new Date(Date.now() + 3_600_000).toISOString()
  const tokens = { userId: id, sessionId, accessToken: token, accessExpiresAt } as Tokens
  return { load: () => tokens, save: () => undefined }
}

async function waitFor(client: Client, photo: Blob) {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const stops = [
    client.on('media:ready', () => resolve(performance.now())),
    client.on('media:failed', ({ failure }) => reject(new Error(`The photo failed: ${failure?.reason}`))),
  ]
  const begun = performance.now()
  const files = [{ contentType: 'image/jpeg', bytes: photo.size }] as const
  const { uploads } = await client.call('upload:sign', { files: [...files] })
  const [upload] = uploads
  if (!upload) throw new Error('Nothing was signed')
  await sendFile(upload, photo)
  const sent = performance.now()
  await client.call('upload:complete', { mediaId: upload.mediaId })
  const heard = await promise
  for (const stop of stops) stop()
  return { sign: heard - begun, complete: heard - sent }
}
