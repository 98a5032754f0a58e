import anyTest from 'ava'
import { makePhoto } from '../support/photo.ts'
import { enqueue } from '../support/enqueue.ts'
import { until } from '../support/until.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { storageOf } from './support/storage.ts'
import { readyPhoto, upload } from './support/upload.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { STORAGE_BUCKET: 'kith-swept' } }) // a bucket of its own: all that is strange in it goes

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

test.serial('files that belong to nothing are deleted, all the rest stays', async t => {
  const [ada] = await t.context.cast('Ada')
  const storage = storageOf(t.context)
  const mediaId = await readyPhoto(ada)
  const waiting = await upload(ada, await makePhoto({ width: 20, height: 20 }))
  const [waitingKey = ''] = await t.context.db('media').where({ id: waiting }).pluck<string[]>('upload_key')
  const strange = [
    'uploads/nobody-asked',
    `renditions/${crypto.randomUUID()}/160.webp`,
    'renditions/no-media/160.webp',
    'renditions/160.webp',
  ]
  for (const key of strange) await storage.write(key, Buffer.from('strange'), 'image/webp')
  const elsewhere = 'backups/database.dump'
  await storage.write(elsewhere, Buffer.from('not ours'), 'application/octet-stream')

  await enqueue(t.context, 'storage:sweep', { madeBefore: inAnHour() })
  for (const key of strange) await until(`${key} is gone`, async () => (await storage.stat(key)) === null)
  t.truthy(await storage.stat(waitingKey))
  t.truthy(await storage.stat(elsewhere))
  t.true((await storage.list(`renditions/${mediaId}/`, '', 100)).length >= 2)
})

test.serial('what is young is left alone: its row may be on its way', async t => {
  const storage = storageOf(t.context)
  const key = `uploads/${crypto.randomUUID()}`
  await storage.write(key, Buffer.from('young'), 'image/webp')
  await enqueue(t.context, 'storage:sweep', {})
  // Such jobs run one after another, so the first is done with when the second is.
  const strange = 'renditions/no-media/160.webp'
  await storage.write(strange, Buffer.from('strange'), 'image/webp')
  await enqueue(t.context, 'storage:sweep', { folder: 'renditions/', madeBefore: inAnHour() })
  await until('the strange one is gone', async () => (await storage.stat(strange)) === null)
  t.truthy(await storage.stat(key))
})

test.serial('a thousand and one files are gone through page by page', async t => {
  const storage = storageOf(t.context)
  const keys = Array.from({ length: 1001 }, (_, n) => `uploads/many-${String(n).padStart(4, '0')}`)
  for (let from = 0; from < keys.length; from += 50)
    await Promise.all(keys.slice(from, from + 50).map(key => storage.write(key, Buffer.from('x'), 'image/webp')))
  t.deepEqual(
    (await storage.list('uploads/many-', keys[499] ?? '', 3)).map(({ key }) => key),
    keys.slice(500, 503),
  )
  await enqueue(t.context, 'storage:sweep', { madeBefore: inAnHour() })
  const areGone = async () => (await storage.list('uploads/many-', '', 1)).length === 0
  await t.notThrowsAsync(until('all are gone', areGone))
})
