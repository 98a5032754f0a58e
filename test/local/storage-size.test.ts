import test from 'ava'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { openStorage } from './support/storage.ts'

test('more than 100 MB is refused while it streams, and leaves nothing behind', async t => {
  const { bucket, dataDir } = await openStorage(t)
  const save = bucket.file('huge').save(Buffer.alloc(101 * 1024 * 1024), { resumable: false, validation: false })
  await t.throwsAsync(save, { code: 400 })
  t.deepEqual(await readdir(path.join(dataDir, 'arriving')), [])
  t.deepEqual(await readdir(path.join(dataDir, 'objects')), [])
})
