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

  const wanted = { bio: 'Counts things', birthDate: '1915-12-10', gender: 'woman' }
  const { birthDate, gender, links: _links, ...told } = await ada.call('profile:update', wanted)
  t.deepEqual({ birthDate, gender }, { birthDate: wanted.birthDate, gender: wanted.gender })
  t.deepEqual(await phone.next('profile:updated', ({ bio }) => bio === 'Counts things'), told) // the rest is not for the log
  await bob.hearsAll()
  t.true(bob.heard.every(({ payload }) => (payload as { userId?: string }).userId === bob.id))
})

test('what is left out stays as it is', async t => {
  const [ada] = await t.context.cast('Ada')
  const all = {
    username: 'ada.l',
    bio: 'Counts things',
    location: 'London',
    website: 'https://ada.example/notes?of=1843',
    birthDate: '1915-12-10',
    gender: 'woman',
  }
  const before = await ada.call('profile:update', all)
  t.like(before, { displayName: 'Ada', ...all })
  const expected = { ...before, displayName: 'Countess', version: (before.version ?? 0) + 1 }
  t.deepEqual(await ada.call('profile:update', { displayName: 'Countess' }), expected)
  t.deepEqual(await ada.call('profile:get', { userId: ada.id }), expected)
  const nothing = { location: null, website: null, birthDate: null, gender: null, bio: '' }
  t.like(await ada.call('profile:update', nothing), { displayName: 'Countess', username: 'ada.l', ...nothing })
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

test('what is too long, blank, broken or not so is refused, names its field, and leaves the rest as it was', async t => {
  const [ada] = await t.context.cast('Ada')
  const day = (yearsAgo: number, daysLater = 0) => {
    const date = new Date()
    return new Date(Date.UTC(date.getUTCFullYear() - yearsAgo, date.getUTCMonth(), date.getUTCDate() + daysLater))
      .toISOString()
      .slice(0, 10)
  }
  const wrong = {
    displayName: ['', ' ', 'x'.repeat(51), 'a\0b', 'a\nb', null],
    bio: ['x'.repeat(501), 'a\0b', null],
    location: ['', ' ', 'x'.repeat(101), 'a\nb'],
    website: ['', 'ada.example', 'ftp://ada.example', 'javascript:alert(1)', `https://a.example/${'x'.repeat(200)}`]
      .concat(['https://kith.example@elsewhere.example', 'HTTP://a:b@c.example/'])
      .concat(['https://a b.example']),
    birthDate: [
      '',
      '10.12.1915',
      '1915-02-29',
      '1915-13-01',
      '1899-12-31',
      '2026-1-1',
      day(13, 1),
      day(0),
      '9999-12-31',
    ],
    gender: ['', ' ', 'x'.repeat(21), 'a\nb'],
    version: [-1, 1.5, '1', null],
  }
  const before = await ada.call('profile:get', { userId: ada.id })
  for (const [field, values] of Object.entries(wrong))
    for (const value of values) {
      const { wire } = await ada.refused('profile:update', { bio: 'With it', [field]: value })
      t.like(wire, { code: 'bad_request', reason: 'invalid' }, `${field} ${value}`)
      t.deepEqual(Object.keys(wire.fields ?? {}), [field], `${field} ${value}`)
    }
  for (const field of ['phone', 'isVerified', 'viewCount', 'joinedMonth', 'userId'])
    t.is((await ada.refused('profile:update', { [field]: ada.id })).reason, 'invalid', field)
  t.deepEqual(await ada.call('profile:get', { userId: ada.id }), before)

  const both = { website: 'https://a@b.example', birthDate: day(12) }
  t.deepEqual(Object.keys((await ada.refused('profile:update', both)).fields ?? {}), ['website', 'birthDate'])
  t.is((await ada.call('profile:update', { birthDate: day(13) })).birthDate, day(13))
  t.is((await ada.call('profile:update', { displayName: '👩‍🚀'.repeat(16) })).displayName.length, 80)
})
