import anyTest from 'ava'
import { waits } from '../log/support/held.ts'
import { makePhoto } from '../support/photo.ts'
import { enqueue } from '../support/enqueue.ts'
import { until } from '../support/until.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { storageOf } from './support/storage.ts'
import { readyPhoto, sign, upload } from './support/upload.ts'

const test = anyTest as WorldTest
withWorld(test)

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000)

/** Makes a row look as if it had last changed so long ago; the owner of the table may go round its trigger. */
async function age({ db }: World, id: string, hours: number, change: object = {}): Promise<void> {
  await db.raw('alter table media disable trigger update_media_updated_at')
  await db('media')
    .where({ id })
    .update({ ...change, updated_at: hoursAgo(hours) })
  await db.raw('alter table media enable trigger update_media_updated_at')
}

test.serial(
  'uploads that never came are ended, and their owner hears of it; work that was lost is done after all',
  async t => {
    const [ada] = await t.context.cast('Ada')
    const [young, old, hopeless] = [(await sign(ada)).mediaId, (await sign(ada)).mediaId, (await sign(ada)).mediaId]
    const lost = await upload(ada, await makePhoto({ width: 20, height: 20 }))
    const [key = ''] = await t.context.db('media').where({ id: lost }).pluck<string[]>('upload_key')
    const { generation } = (await storageOf(t.context).stat(key)) ?? {}
    await age(t.context, old, 25)
    await age(t.context, lost, 3, { status: 'processing', generation })
    await age(t.context, hopeless, 49, { status: 'processing', created_at: hoursAgo(49) })

    await enqueue(t.context, 'media:sweep', {})
    t.like(await ada.next('media:failed', ({ id }) => id === old), { failure: { reason: 'missing' } })
    t.like(await ada.next('media:failed', ({ id }) => id === hopeless), { failure: { reason: 'broken' } })
    t.is((await ada.next('media:ready')).id, lost)
    t.like(await ada.call('media:get', { mediaId: young }), { media: { status: 'awaiting' } })
  },
)

test.serial('an upload that is complete at the last moment is not ended for being late', async t => {
  const { db } = t.context
  const [ada] = await t.context.cast('Ada')
  const { mediaId } = await sign(ada)
  await age(t.context, mediaId, 25)
  const completing = await db.transaction()
  t.teardown(() => completing.rollback())
  await completing('media').where({ id: mediaId }).update({ status: 'processing' })
  await enqueue(t.context, 'media:sweep', {})
  await waits(db, 'update "media"%')
  await completing.commit()

  const { mediaId: old } = await sign(ada)
  await age(t.context, old, 25)
  await enqueue(t.context, 'media:sweep', {}) // sweeps run one after another
  await ada.next('media:failed', ({ id }) => id === old)
  t.is((await ada.call('media:get', { mediaId })).media.status, 'processing')
})

test.serial(
  'a photo that nobody put into anything is removed after a week, with its files; one in a post stays',
  async t => {
    const [ada] = await t.context.cast('Ada')
    const [idle, posted, fresh] = [await readyPhoto(ada), await readyPhoto(ada), await readyPhoto(ada)]
    await ada.call('post:create', { media: [{ mediaId: posted }] })
    for (const id of [idle, posted]) await age(t.context, id, 7 * 24 + 1)

    await enqueue(t.context, 'media:sweep', {})
    const files = async (id: string) => (await storageOf(t.context).list(`renditions/${id}/`, '', 100)).length
    await until('the files are gone', async () => (await files(idle)) === 0)
    t.like(await ada.refused('media:get', { mediaId: idle }), { code: 'not_found' })
    for (const mediaId of [posted, fresh]) {
      t.is((await ada.call('media:get', { mediaId })).media.status, 'ready')
      t.true((await files(mediaId)) > 0)
    }
  },
)

test.serial('files are deleted though the job for it was lost', async t => {
  const [ada] = await t.context.cast('Ada')
  const id = await readyPhoto(ada)
  await age(t.context, id, 2, { status: 'removed' })
  await enqueue(t.context, 'media:sweep', {})
  await until('its files are gone', async () => {
    const [purgedAt] = await t.context.db('media').where({ id }).pluck<(Date | null)[]>('purged_at')
    return purgedAt !== null
  })
  t.deepEqual(await storageOf(t.context).list(`renditions/${id}/`, '', 100), [])
})
