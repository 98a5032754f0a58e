import test from 'ava'
import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { openStorage } from './support/storage.ts'

const picture = randomBytes(700_000)

test('the real client saves in every way and reads back the same bytes and description', async t => {
  const { bucket } = await openStorage(t)
  for (const way of [{ resumable: false }, { resumable: true }, { resumable: true, chunkSize: 256 * 1024 }]) {
    const file = bucket.file(`way ${JSON.stringify(way)}.webp`)
    await file.save(picture, { ...way, metadata: { contentType: 'image/webp', metadata: { width: '320' } } })
    const [body] = await file.download()
    t.true(body.equals(picture))
    const [found] = await file.getMetadata()
    t.like(found, { size: '700000', contentType: 'image/webp', metadata: { width: '320' } })
  }
})

test('the real client reads ranges, copies, describes, lists and deletes', async t => {
  const { bucket } = await openStorage(t)
  const file = bucket.file("users/1/a b+ä(1)'!*.jpg")
  await file.save(picture, { resumable: false })
  await bucket.file('empty').save('', { resumable: false })

  t.true((await buffer(file.createReadStream({ start: 10, end: 19 }))).equals(picture.subarray(10, 20)))
  await file.copy(bucket.file('users/2/copy.jpg'))
  await file.setMetadata({ cacheControl: 'no-store', metadata: { seen: '1', gone: '2' } })
  await file.setMetadata({ metadata: { gone: null } })
  t.like((await file.getMetadata())[0], { cacheControl: 'no-store', metadata: { seen: '1' }, metageneration: '3' })

  const names = async (query: object) => (await bucket.getFiles(query))[0].map(found => found.name)
  t.deepEqual(await names({ prefix: 'users/' }), [file.name, 'users/2/copy.jpg'])
  const [first, next] = await bucket.getFiles({ maxResults: 2, autoPaginate: false })
  t.deepEqual(
    [...first.map(found => found.name), ...(await names(next ?? {}))],
    ['empty', file.name, 'users/2/copy.jpg'],
  )

  await file.delete()
  t.deepEqual(await file.exists(), [false])
  await file.delete({ ignoreNotFound: true })
  await t.throwsAsync(file.delete(), { code: 404 })
})

test('a generation names one content: an older one is gone, and a precondition on it fails', async t => {
  const { bucket } = await openStorage(t)
  const file = bucket.file('avatar')
  await file.save('first', { resumable: false, preconditionOpts: { ifGenerationMatch: 0 } })
  const generation = String((await file.getMetadata())[0].generation)
  t.is(String(await bucket.file('avatar', { generation }).download()), 'first')

  await file.save('second', { resumable: false })
  await t.throwsAsync(bucket.file('avatar', { generation }).download(), { code: 404 })
  for (const resumable of [true, false]) {
    await t.throwsAsync(file.save('third', { resumable, preconditionOpts: { ifGenerationMatch: 0 } }), {
      code: 412,
      any: true,
    })
  }
  t.is(String((await file.download())[0]), 'second')
})
