import test from 'ava'
import { openStorage, put, signUpload } from './support/storage.ts'

test('a signed upload is accepted once, as signed; a signed read returns it with its type', async t => {
  const { bucket } = await openStorage(t)
  const upload = await signUpload(bucket, 'photos/1')
  t.is(await put(upload), '200')
  t.is(await put(upload), '412 PreconditionFailed')

  const [url] = await bucket
    .file('photos/1')
    .getSignedUrl({ version: 'v4', action: 'read', expires: Date.now() + 60_000 })
  const read = await fetch(url)
  t.is(await read.text(), 'a small picture')
  t.is(read.headers.get('content-type'), 'image/jpeg')
  t.is(read.headers.get('x-content-type-options'), 'nosniff')

  const part = await fetch(url, { headers: { range: 'bytes=2-6' } })
  t.deepEqual([part.status, await part.text(), part.headers.get('content-range')], [206, 'small', 'bytes 2-6/15'])
})

test('whatever was not signed is refused, and nothing of it is kept', async t => {
  const { bucket, url: server } = await openStorage(t)
  const upload = await signUpload(bucket, 'photos/1')
  const { url, headers } = upload
  const { 'x-goog-if-generation-match': _, ...withoutPrecondition } = headers
  const mismatch = '403 SignatureDoesNotMatch'

  t.is(await put({ url: url.replace('photos/1', 'photos/2'), headers }), mismatch, 'another object')
  t.is(await put({ url, headers: { ...headers, 'content-type': 'text/html' } }), mismatch, 'another type')
  t.is(await put({ url, headers: { ...headers, 'x-goog-content-length-range': '1,999' } }), mismatch, 'a larger size')
  t.is(await put({ url, headers: { ...headers, 'x-goog-acl': 'public-read' } }), mismatch, 'an unsigned header')
  t.is(await put({ url, headers: withoutPrecondition }), mismatch, 'a missing header')
  t.is(await put({ url: url.replace(/Expires=\d+/, 'Expires=600000'), headers }), mismatch, 'a longer life')
  t.is(
    await put({ url: url.replace(/.$/, last => (last === '0' ? '1' : '0')), headers }),
    mismatch,
    'another signature',
  )
  t.is(await put({ url: `${server}/kith-local/photos/1`, headers }), '403 AccessDenied', 'no signature')
  t.is((await fetch(url)).status, 403, 'another method')
  t.deepEqual(await bucket.file('photos/1').exists(), [false])
})

test('a signed URL expires', async t => {
  const { bucket, later } = await openStorage(t)
  const upload = await signUpload(bucket, 'photos/1')
  later(61_000)
  t.is(await put(upload), '400 ExpiredToken')
})

test('sizes outside the signed range are refused, told or streamed', async t => {
  const { bucket } = await openStorage(t)
  const upload = await signUpload(bucket, 'photos/1')
  t.is(await put(upload, ''), '400 EntityTooSmall')
  t.is(await put(upload, 'x'.repeat(101)), '400 EntityTooLarge')

  const streamed = new Request(upload.url, {
    method: 'PUT',
    headers: upload.headers,
    body: new Blob(['x'.repeat(1_000_000)]).stream(),
    duplex: 'half',
  } as RequestInit)
  t.is((await fetch(streamed)).status, 400)
  t.deepEqual(await bucket.file('photos/1').exists(), [false])
  t.is(await put(upload, 'x'.repeat(100)), '200')
})

test('an app uploads in pieces with a signed URL and learns how much has arrived', async t => {
  const { bucket } = await openStorage(t)
  const file = bucket.file('videos/1')
  const wish = { version: 'v4', action: 'resumable', expires: Date.now() + 60_000, contentType: 'video/mp4' } as const
  const [url] = await file.getSignedUrl(wish)
  const headers = { 'x-goog-resumable': 'start', 'content-type': 'video/mp4' }
  const session = (await fetch(url, { method: 'POST', headers })).headers.get('location') ?? ''
  const send = (range: string, body: string | null) =>
    fetch(session, { method: 'PUT', headers: { 'content-range': `bytes ${range}` }, body })

  t.is((await send('0-4/11', 'hello')).status, 308)
  t.is((await send('*/11', null)).headers.get('range'), 'bytes=0-4')
  t.is((await send('3-10/11', 'lo world')).status, 200)
  t.is(String((await file.download())[0]), 'hello world')
  t.is((await file.getMetadata())[0].contentType, 'video/mp4')
})

test('a browser may use signed URLs from any page, and nothing else', async t => {
  const { bucket, url } = await openStorage(t)
  const upload = await signUpload(bucket, 'photos/1')
  const asked = { origin: 'http://app.test', 'access-control-request-method': 'PUT' }
  const wanted = { ...asked, 'access-control-request-headers': 'content-type,x-goog-if-generation-match' }
  const preflight = await fetch(upload.url, { method: 'OPTIONS', headers: wanted })
  t.is(preflight.status, 200)
  t.is(preflight.headers.get('access-control-allow-origin'), '*')
  t.is(preflight.headers.get('access-control-allow-headers'), 'content-type,x-goog-if-generation-match')

  const list = await fetch(`${url}/storage/v1/b/kith-local/o`, { headers: { origin: 'http://app.test' } })
  t.is(list.status, 403)
})
