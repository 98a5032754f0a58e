import type { Data, Input } from '../../../client/index.ts'
import type { Person } from '../../support/person.ts'
import { makePhoto } from '../../support/photo.ts'

export type Signed = Data<'upload:sign'>['uploads'][number]
export type FileToSend = Input<'upload:sign'>['files'][number]

/** Asks to upload one file. */
export async function sign(person: Person, { contentType = 'image/jpeg', bytes = 10 }: Partial<FileToSend> = {}) {
  const { uploads } = await person.call('upload:sign', { files: [{ contentType, bytes }] })
  return uploads[0] as Signed
}

/** Sends bytes as the signed request says, but for what a test changes. */
export const put = (signed: Signed, body: Buffer, headers: Record<string, string> = {}) =>
  fetch(signed.url, { method: signed.method, headers: { ...signed.headers, ...headers }, body: new Uint8Array(body) })

/** Signs an upload and sends the bytes. */
export async function upload(
  person: Person,
  body: Buffer,
  contentType: FileToSend['contentType'] = 'image/jpeg',
): Promise<Signed['mediaId']> {
  const signed = await sign(person, { contentType, bytes: body.length })
  const answer = await put(signed, body)
  if (!answer.ok) throw new Error(`Storage refused: ${answer.status} ${await answer.text()}`)
  return signed.mediaId
}

/** A small photo of a person, ready to be posted. */
export async function readyPhoto(person: Person, photo?: Buffer): Promise<Signed['mediaId']> {
  const mediaId = await upload(person, photo ?? (await makePhoto({ width: 64, height: 48 })))
  await person.call('upload:complete', { mediaId })
  await person.next('media:ready', ({ id }) => id === mediaId)
  return mediaId
}

/** What comes back for one of the files that a person was given links to. */
export const fetchFile = (
  { client }: Person,
  links: Data<'post:get'>['links'][number],
  file: string,
  headers: Record<string, string> = {},
) => fetch(client.linkTo(links, file), { headers })
