import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import anyTest from 'ava'
import { sendFile } from '../../client/uploading.ts'
import { storageOf } from '../media/support/storage.ts'
import { sign } from '../media/support/upload.ts'
import { makePhoto } from '../support/photo.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const blobOf = (bytes: Buffer, type: string) => new Blob([new Uint8Array(bytes)], { type })

type Fate = 'request' | 'answer' | null

/** A way to storage that loses what a test wants it to lose: a request before it arrives, or the answer to it. */
async function lossyWay(target: string, fateOf: (request: IncomingMessage, nth: number) => Fate) {
  let nth = 0
  let url = ''
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const fate = fateOf(request, (nth += 1))
    if (fate === 'request') return request.socket.destroy()
    const { connection: _own, 'set-cookie': _never, ...headers } = request.headers
    const body = await buffer(request)
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { ...headers, host: new URL(target).host } as Record<string, string>,
      body: body.length > 0 ? new Uint8Array(body) : null,
    })
    if (fate === 'answer') return request.socket.destroy()
    const location = answer.headers.get('location')?.replace(target, url)
    response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), ...(location && { location }) })
    return response.end(Buffer.from(await answer.arrayBuffer()))
  }
  const server = createServer((request, response) => void pass(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

test('a photo is uploaded by one call, and is ready moments later', async t => {
  const [ada] = await t.context.cast('Ada')
  const mediaId = await ada.client.upload(blobOf(await makePhoto({ width: 60, height: 40 }), 'image/jpeg'))
  t.is((await ada.next('media:ready')).id, mediaId)
})

test('a large file arrives whole in pieces, though pieces and answers are lost on the way', async t => {
  const [ada] = await t.context.cast('Ada')
  const body = randomBytes(9 * 1024 * 1024 + 12_345)
  const signed = await sign(ada, { contentType: 'image/png', bytes: body.length })
  t.is(signed.method, 'POST')
  const { endpoint = '' } = t.context.config.storage
  const lost: string[] = []
  const way = await lossyWay(endpoint, (request, nth) => {
    const fate = nth === 2 ? 'request' : nth === 4 ? 'answer' : null
    if (fate) lost.push(`${request.method} ${fate}`)
    return fate
  })
  t.teardown(way.close)
  const url = signed.url.replace(endpoint, way.url)
  await sendFile({ ...signed, url }, blobOf(body, 'image/png'))
  t.deepEqual(lost, ['PUT request', 'PUT answer'])
  const [key = ''] = await t.context.db('media').where({ id: signed.mediaId }).pluck<string[]>('upload_key')
  const storage = storageOf(t.context)
  const stat = await storage.stat(key)
  t.is(stat?.contentType, 'image/png')
  t.true(body.equals(await storage.read(key, stat?.generation ?? '')))
})

test('an upload whose answer is lost is not sent for nothing: what is there is there', async t => {
  const [ada] = await t.context.cast('Ada')
  const photo = await makePhoto({ width: 60, height: 40 })
  const signed = await sign(ada, { bytes: photo.length })
  const { endpoint = '' } = t.context.config.storage
  const way = await lossyWay(endpoint, (_, nth) => (nth === 1 ? 'answer' : null))
  t.teardown(way.close)
  await sendFile({ ...signed, url: signed.url.replace(endpoint, way.url) }, blobOf(photo, 'image/jpeg'))
  await ada.call('upload:complete', { mediaId: signed.mediaId })
  t.is((await ada.next('media:ready')).id, signed.mediaId)
})

test('what storage refuses is told', async t => {
  const [ada] = await t.context.cast('Ada')
  const signed = await sign(ada, { bytes: 10 })
  await t.throwsAsync(sendFile(signed, blobOf(Buffer.alloc(11), 'image/jpeg')), { message: /refused the upload: 400/ })
  const large = await sign(ada, { contentType: 'image/png', bytes: 9_000_000 })
  const url = large.url.replace('content-type', 'content-typo')
  await t.throwsAsync(sendFile({ ...large, url }, blobOf(Buffer.alloc(11), 'image/png')), {
    message: /refused the upload: 40/,
  })
})
