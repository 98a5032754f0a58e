import anyTest from 'ava'
import { enqueue } from '../support/enqueue.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('uploads that never came and work that was lost are ended, and their owner hears of it; younger ones are left', async t => {
  const [ada] = await t.context.cast('Ada')
  const sign = async () => (await ada.call('upload:sign', { contentType: 'image/jpeg', bytes: 10 })).mediaId
  const [young, old, lost] = [await sign(), await sign(), await sign()]
  const media = t.context.db('media')
  await media
    .clone()
    .where({ id: old })
    .update({ created_at: new Date(Date.now() - 25 * 3_600_000) })
  // The trigger sets `updated_at`, and the owner of the table may go round it.
  await t.context.db.raw('alter table media disable trigger update_media_updated_at')
  await media
    .clone()
    .where({ id: lost })
    .update({ status: 'processing', updated_at: new Date(Date.now() - 3 * 3_600_000) })

  await enqueue(t.context, 'media:sweep', {})
  t.like(await ada.next('media:failed', ({ id }) => id === old), { failure: 'missing' })
  t.like(await ada.next('media:failed', ({ id }) => id === lost), { failure: 'broken' })
  t.like(await ada.call('media:get', { mediaId: young }), { media: { status: 'awaiting' } })
})
