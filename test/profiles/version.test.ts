import anyTest from 'ava'
import { signUp } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('each change makes a new version, and what changes nothing does not', async t => {
  const [ada] = await t.context.cast('Ada')
  const { version } = await ada.call('profile:get', { userId: ada.id })
  t.is(version, 1)
  t.is((await ada.call('profile:update', { bio: 'Counts' })).version, 2)
  t.is((await ada.call('profile:update', { bio: 'Counts' })).version, 2)
  t.is((await ada.call('profile:update', { bio: 'Counts things', version: 2 })).version, 3)
})

test('a change made to an earlier version is refused and changes nothing', async t => {
  const [ada] = await t.context.cast('Ada')
  const current = await ada.call('profile:update', { bio: 'Counts' })
  for (const version of [0, 1, 3])
    for (const change of [{ bio: 'Late' }, { bio: 'Counts' }, {}])
      t.like(await ada.refused('profile:update', { ...change, version }), { code: 'conflict', reason: 'stale' })
  t.deepEqual(await ada.call('profile:get', { userId: ada.id }), current)
})

test('of two devices that change the same version at once, one does', async t => {
  const { urls, env } = t.context
  const [ada] = await t.context.cast('Ada')
  const phone = await signUp({ name: 'Ada', phone: ada.phone, url: urls[1], inbox: env.SMS_ENDPOINT ?? '' })
  t.teardown(() => phone.client.close())
  for (let version = 1; version < 8; version++) {
    const changes = await Promise.allSettled(
      [ada, phone].map((device, i) => device.call('profile:update', { bio: `${version} ${i}`, version })),
    )
    t.deepEqual(changes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    const { bio, version: now } = await ada.call('profile:get', { userId: ada.id })
    t.is(bio, `${version} ${changes.findIndex(({ status }) => status === 'fulfilled')}`)
    t.is(now, version + 1)
  }
})
