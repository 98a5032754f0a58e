import { randomUUID } from 'node:crypto'
import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { waits } from '../log/support/held.ts'
import { storageOf } from '../media/support/storage.ts'
import { fetchFile, readyPhoto, sign } from '../media/support/upload.ts'
import { once } from '../support/once.ts'
import { makePhoto } from '../support/photo.ts'
import { until } from '../support/until.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const face = () => makePhoto({ width: 700, height: 700, gps: false })

test('who sets an avatar and a cover is seen with them, and whoever may look is given links that open', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const [avatar, cover] = [await readyPhoto(ada, await face()), await readyPhoto(ada)]
  const own = await ada.call('profile:update', { avatar, cover })
  t.deepEqual([own.avatar?.id, own.cover?.id], [avatar, cover])
  t.deepEqual(
    own.links.map(({ mediaId }) => mediaId),
    [avatar, cover],
  )
  const told = await ada.next('profile:updated', profile => profile.avatar !== null)
  t.is(told.avatar?.id, avatar)
  t.notRegex(JSON.stringify(told), /https?:|\/media\//)

  await ada.call('profile:update', { username: 'ada_shows' })
  const seen = [
    await bob.call('profile:get', { userId: ada.id }),
    await bob.call('profile:find', { username: 'ada_shows' }),
  ]
  for (const profile of seen) {
    t.like(profile, { avatar: { id: avatar }, cover: { id: cover } })
    for (const link of profile.links) t.is((await fetchFile(bob, link, '160.webp')).status, 200)
  }
  const lists = [
    await bob.call('profile:list', { userIds: [ada.id, bob.id] }),
    await bob.call('profile:search', { query: 'ada_shows' }),
  ]
  for (const { items, links } of lists) {
    t.is(items[0]?.avatar?.id, avatar)
    t.deepEqual(
      links.map(({ mediaId }) => mediaId),
      [avatar, cover],
    )
  }
  const saved = await bob.call('profile:get', { userId: ada.id, dataSaver: true })
  t.true((saved.links[0]?.renditions ?? []).every(({ width }) => (width ?? 0) <= 640))
  t.true((seen[0]?.links[0]?.renditions ?? []).some(({ width }) => width === 700))
  const same = await ada.call('profile:update', { avatar, dataSaver: true })
  t.deepEqual(same.links[0]?.renditions, saved.links[0]?.renditions)
})

test('who sees only the head of somebody sees the avatar and not the cover, and who is blocked sees neither', async t => {
  const [ada, bob, cara, eve] = await t.context.cast('Ada', 'Bob', 'Cara', 'Eve')
  await befriend(ada, bob)
  const [avatar, cover] = [await readyPhoto(ada), await readyPhoto(ada)]
  await ada.call('profile:update', { avatar, cover })
  await ada.call('settings:update', { privacy: { profileVisibility: 'friends' } })
  const mediaOf = async (person: typeof ada) => {
    const { avatar, cover, links } = await person.call('profile:get', { userId: ada.id })
    return [avatar?.id ?? null, cover?.id ?? null, ...links.map(({ mediaId }) => mediaId)]
  }
  t.deepEqual(await mediaOf(bob), [avatar, cover, avatar, cover])
  t.deepEqual(await mediaOf(cara), [avatar, null, avatar])
  await ada.call('block:create', { userId: eve.id })
  t.is((await eve.refused('profile:get', { userId: ada.id })).code, 'not_found')
  t.deepEqual(await eve.call('profile:list', { userIds: [ada.id] }), { items: [], links: [] })
})

test('an avatar that is replaced or taken away is deleted from storage, and the same again changes nothing', async t => {
  const [ada] = await t.context.cast('Ada')
  const [first, second] = [await readyPhoto(ada), await readyPhoto(ada)]
  const files = async (id: string) => (await storageOf(t.context).list(`renditions/${id}/`, '', 99)).length
  const { version } = await ada.call('profile:update', { avatar: first })
  t.is((await ada.call('profile:update', { avatar: first })).version, version)
  t.true((await files(first)) > 0)
  t.is((await ada.call('profile:update', { avatar: second })).avatar?.id, second)
  await until('the first is gone', async () => (await files(first)) === 0)
  const told = t.context.db('event_log').where({ name: 'profile:updated' })
  t.is((await told.clone().whereLike('payload', `%${second}%`)).length, 1)
  t.deepEqual(await told.whereLike('payload', `%${first}%`), [], 'its preview is gone from the log')
  const bare = await ada.call('profile:update', { avatar: null })
  t.deepEqual([bare.avatar, bare.links], [null, []])
  await until('the second is gone', async () => (await files(second)) === 0)
  t.is((await ada.call('profile:update', { avatar: null })).version, bare.version)
})

test('what is no ready photo of one’s own, or is in something else, is refused, and nothing is changed', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const theirs = await readyPhoto(bob)
  const unready = (await sign(ada)).mediaId
  const posted = await readyPhoto(ada)
  await ada.call('post:create', { media: [{ mediaId: posted }] })
  const [sound] = await t.context
    .db('media')
    .insert({
      owner_id: ada.id,
      kind: 'audio',
      status: 'ready',
      upload_key: randomUUID(),
      content_type: 'audio/mpeg',
      bytes: 1,
      duration_ms: 1,
    })
    .returning<{ id: typeof posted }[]>('id')
  const good = await readyPhoto(ada)
  const before = await ada.call('profile:get', { userId: ada.id })
  const cases = [
    [theirs, 'media'],
    [randomUUID() as typeof theirs, 'media'],
    [unready, 'media_not_ready'],
    [posted, 'media_taken'],
    [sound?.id ?? posted, 'not_a_picture'],
  ] as const
  for (const [cover, reason] of cases)
    t.is((await ada.refused('profile:update', { avatar: good, cover, bio: 'new' })).reason, reason)
  t.deepEqual(Object.keys((await ada.refused('profile:update', { cover: sound?.id ?? posted })).fields), ['cover'])
  t.is((await ada.refused('profile:update', { avatar: good, cover: good })).reason, 'media_taken')
  t.deepEqual(await ada.call('profile:get', { userId: ada.id }), before)
  await ada.call('profile:update', { avatar: good })
  t.is((await ada.refused('post:create', { media: [{ mediaId: good }] })).reason, 'media_taken')
  t.is((await ada.refused('media:remove', { mediaId: good })).reason, 'media_taken')
})

test('of two devices that set an avatar at once the later one is seen, and the other one deleted; a repeat is the same', async t => {
  const [ada] = await t.context.cast('Ada')
  const devices = await Promise.all(t.context.urls.map(url => once(ada, url)))
  t.teardown(() => devices.forEach(device => device[Symbol.dispose]()))
  const photos = [await readyPhoto(ada), await readyPhoto(ada)] as const
  const clientId = randomUUID()
  const acks = await Promise.all(
    devices.map((device, n) =>
      device.send('profile:update', { avatar: photos[n as 0 | 1], ...(n === 0 && { clientId }) }),
    ),
  )
  t.true(acks.every(ack => ack.ok))
  const { avatar } = await ada.call('profile:get', { userId: ada.id })
  const other = photos.find(id => id !== avatar?.id) ?? ''
  await until('the other is gone', async () => {
    const left = await storageOf(t.context).list(`renditions/${other}/`, '', 9)
    return left.length === 0
  })
  t.deepEqual(await devices[1]?.send('profile:update', { avatar: photos[0], clientId }), acks[0])
  t.is((await ada.call('profile:get', { userId: ada.id })).avatar?.id, avatar?.id)
})

test('an avatar and the one in its place are held in the order in which a post would hold them', async t => {
  const { db } = t.context
  const [ada] = await t.context.cast('Ada')
  const [before, after] = [await readyPhoto(ada), await readyPhoto(ada)]
  await ada.call('profile:update', { avatar: before })
  const post = await db.transaction()
  t.teardown(() => post.rollback())
  const hold = (id: string) => post('media').where({ id }).forUpdate().noWait().pluck<string[]>('id')
  await hold(before)
  const updated = ada.call('profile:update', { avatar: after })
  await waits(db, '%"media"%for update%')
  t.deepEqual(await hold(after), [after])
  await post.rollback()
  t.is((await updated).avatar?.id, after)
})
