import anyTest from 'ava'
import { signUp } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a change is heard on a person’s own other device, on another node, and by nobody else', async t => {
  const { urls, env } = t.context
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const phone = await signUp({ name: 'Ada', phone: ada.phone, url: urls[1], inbox: env.SMS_ENDPOINT ?? '' })
  t.teardown(() => phone.client.close())

  const changed = await ada.call('profile:update', { bio: 'Counts things' })
  t.deepEqual(await phone.next('profile:updated', ({ bio }) => bio === 'Counts things'), changed)
  await bob.hearsAll()
  t.true(bob.heard.every(({ payload }) => (payload as { userId?: string }).userId === bob.id))
})

test('what is left out stays as it is', async t => {
  const [ada] = await t.context.cast('Ada')
  await ada.call('profile:update', { username: 'ada.l', bio: 'Counts things' })
  const expected = { userId: ada.id, username: 'ada.l', displayName: 'Countess', bio: 'Counts things' }
  t.deepEqual(await ada.call('profile:update', { displayName: 'Countess' }), expected)
  t.deepEqual(await ada.call('profile:get', { userId: ada.id }), expected)
})

test('a change that changes nothing is heard by nobody', async t => {
  const [ada] = await t.context.cast('Ada')
  await ada.hearsAll()
  const before = ada.heard.length
  await ada.call('profile:update', {})
  await ada.call('profile:update', { displayName: 'Ada' })
  await ada.hearsAll()
  t.is(ada.heard.length, before + 1) // the one that `hearsAll` makes
})

test('a name or bio that is too long, blank or broken is refused, and names the field', async t => {
  const [ada] = await t.context.cast('Ada')
  const wrong = [{ displayName: '' }, { displayName: ' ' }, { displayName: 'x'.repeat(51) }, { displayName: 'a\0b' }]
  for (const input of wrong) {
    const { wire } = await ada.refused('profile:update', input)
    t.like(wire, { code: 'bad_request', reason: 'invalid' })
    t.deepEqual(Object.keys(wire.fields ?? {}), ['displayName'])
  }
  t.like(await ada.refused('profile:update', { bio: 'x'.repeat(501) }), { code: 'bad_request' })
  t.like(await ada.refused('profile:update', { phone: '+4930901820' } as object), { code: 'bad_request' })
  t.is((await ada.call('profile:update', { displayName: '👩‍🚀'.repeat(16) })).displayName.length, 80)
})
