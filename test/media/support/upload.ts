import type { Data } from '../../../client/index.ts'
import type { Person } from '../../support/person.ts'
import { makePhoto } from '../../support/photo.ts'

export type Signed = Data<'upload:sign'>

/** Sends bytes as the signed request says, but for what a test changes. */
export const put = (signed: Signed, body: Buffer, headers: Record<string, string> = {}) =>
  fetch(signed.url, { method: signed.method, headers: { ...signed.headers, ...headers }, body: new Uint8Array(body) })

/** Signs an upload and sends the bytes. */
export async function upload(person: Person, body: Buffer): Promise<Signed['mediaId']> {
  const signed = await person.call('upload:sign', { contentType: 'image/jpeg', bytes: body.length })
  const answer = await put(signed, body)
  if (!answer.ok) throw new Error(`Storage refused: ${answer.status} ${await answer.text()}`)
  return signed.mediaId
}

/** A small photo of a person, ready to be posted. */
export async function readyPhoto(person: Person): Promise<Signed['mediaId']> {
  const mediaId = await upload(person, await makePhoto({ width: 64, height: 48 }))
  await person.call('upload:complete', { mediaId })
  await person.next('media:ready', ({ id }) => id === mediaId)
  return mediaId
}
