import anyTest from 'ava'
import { makePhoto } from '../support/photo.ts'
import { enqueue } from '../support/enqueue.ts'
import { until } from '../support/until.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { storageOf } from './support/storage.ts'
import { put, readyPhoto, sign, upload } from './support/upload.ts'

const test = anyTest as WorldTest
withWorld(test)

test('whoever lets go of a photo that is in nothing has it removed, in whatever state, and may do so once', async t => {
  const [ada] = await t.context.cast('Ada')
  const storage = storageOf(t.context)
  const [ready, uploaded] = [await readyPhoto(ada), await upload(ada, await makePhoto({ width: 20, height: 20 }))]
  const { mediaId: awaited } = await sign(ada)
  for (const mediaId of [ready, uploaded, awaited]) {
    await ada.call('media:remove', { mediaId })
    t.deepEqual(await ada.next('media:removed'), { id: mediaId, ownerId: ada.id })
    t.is((await ada.refused('media:remove', { mediaId })).reason, 'media')
    t.is((await ada.refused('upload:complete', { mediaId })).reason, 'media')
    t.is((await ada.refused('post:create', { media: [{ mediaId }] })).reason, 'media')
  }
  const [key = ''] = await t.context.db('media').where({ id: uploaded }).pluck<string[]>('upload_key')
  await until('the original is gone', async () => (await storage.stat(key)) === null)
  await until('the files are gone', async () => (await storage.list(`renditions/${ready}/`, '', 9)).length === 0)
  await until('its row tells nothing of it', async () => {
    const [row] = await t.context.db('media').where({ id: ready }).select<{ thumbhash: string | null }[]>('thumbhash')
    return row?.thumbhash === null
  })
})

test('a photo in a post stays until the post goes', async t => {
  const [ada] = await t.context.cast('Ada')
  const mediaId = await readyPhoto(ada)
  await ada.call('post:create', { media: [{ mediaId }] })
  t.like(await ada.refused('media:remove', { mediaId }), { code: 'conflict', reason: 'media_taken' })
})

test('a photo that is let go of while it is made ready leaves nothing behind', async t => {
  const [ada] = await t.context.cast('Ada')
  const photo = await makePhoto({ width: 3000, height: 2000, gps: false })
  const signed = await sign(ada, { bytes: photo.length })
  await put(signed, photo)
  const { mediaId } = signed
  await ada.call('upload:complete', { mediaId })
  await ada.next('media:progressed')
  await ada.call('media:remove', { mediaId })
  await readyPhoto(ada) // photos are rendered one after another
  const storage = storageOf(t.context)
  await until('nothing is left', async () => (await storage.list(`renditions/${mediaId}/`, '', 9)).length === 0)
  t.false(
    (await ada.hearsAll()).some(
      ({ name, payload }) => name === 'media:ready' && 'id' in payload && payload.id === mediaId,
    ),
  )
})

test('what the log told of a photo is gone with it: nobody who comes back later is shown its preview', async t => {
  const [ada] = await t.context.cast('Ada')
  const mediaId = await readyPhoto(ada)
  const told = async () => {
    const rows = await t.context.db('event_log').where({ name: 'media:ready' }).pluck<string[]>('payload')
    return rows.filter(payload => payload.includes(mediaId)).length
  }
  t.is(await told(), 1)
  await ada.call('media:remove', { mediaId })
  await ada.next('media:removed')
  await t.notThrowsAsync(until('the log has forgotten it', async () => (await told()) === 0))
})

test('files that were still being made when all the others were deleted go when their job is run again', async t => {
  const [ada] = await t.context.cast('Ada')
  const storage = storageOf(t.context)
  const mediaId = await readyPhoto(ada)
  await ada.call('media:remove', { mediaId })
  await until('it is purged', async () => {
    const [purgedAt] = await t.context.db('media').where({ id: mediaId }).pluck<(Date | null)[]>('purged_at')
    return Boolean(purgedAt)
  })
  const late = `renditions/${mediaId}/160.webp`
  await storage.write(late, Buffer.from('late'), 'image/webp') // as if the worker had died before it looked again
  await enqueue(t.context, 'media:render', { mediaId })
  await t.notThrowsAsync(until('the late file is gone', async () => (await storage.stat(late)) === null))
})
