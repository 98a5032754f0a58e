import test from 'ava'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { openStorage } from './support/storage.ts'

test('objects, their generations and the signing key survive a restart; half an upload does not', async t => {
  const before = await openStorage(t)
  const file = before.bucket.file('photos/1')
  await file.save('kept', { resumable: false, contentType: 'image/jpeg' })
  const [{ generation }] = await file.getMetadata()
  const [half] = await before.bucket.file('half').createResumableUpload()
  const piece = { method: 'PUT', headers: { 'content-range': 'bytes 0-3/*' }, body: 'half' }
  t.is((await fetch(half, piece)).status, 308)
  const [url] = await file.getSignedUrl({ version: 'v4', action: 'read', expires: Date.now() + 60_000 })
  await before.stop()

  const after = await openStorage(t, before.dataDir)
  t.like((await after.bucket.file(file.name).getMetadata())[0], { generation, contentType: 'image/jpeg', size: '4' })
  t.is(await (await fetch(url.replace(before.url, after.url))).text(), 'kept')
  t.deepEqual(await readdir(path.join(after.dataDir, 'arriving')), [])

  await after.bucket.file(file.name).save('newer', { resumable: false })
  const [newer] = await after.bucket.file(file.name).getMetadata()
  t.true(Number(newer.generation) > Number(generation))
})
