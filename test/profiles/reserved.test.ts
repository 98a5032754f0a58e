import anyTest from 'ava'
import { collected, isCollected } from '../support/collected.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const reserved = { available: false, reason: 'reserved' }

test('nobody can have a name that reads like Kith or a part of it, whatever signs are within', async t => {
  const [ada] = await t.context.cast('Ada')
  const names = [
    'kith',
    'k.i.t.h',
    'kith_support',
    'admin',
    'ad.min',
    'a_d_m_i_n',
    'api',
    'help',
    'security',
    'moderator',
  ]
  for (const username of [
    ...names,
    'support',
    'root',
    'about.us',
    'aboutus',
    'ads.txt',
    'k1th',
    'adm1n',
    'the.kith.team',
  ]) {
    t.deepEqual(await ada.call('profile:check_username', { username }), reserved, username)
    const { wire } = await ada.refused('profile:update', { username, bio: 'With it' })
    t.like(wire, { code: 'bad_request', reason: 'invalid' })
    t.deepEqual(Object.keys(wire.fields ?? {}), ['username'])
  }
  t.like(await ada.call('profile:get', { userId: ada.id }), { username: null, bio: '' })
  for (const username of ['kithara', 'adminton', 'helpful.ada', 'nikith'])
    t.deepEqual(await ada.call('profile:check_username', { username }), { available: true }, username)
})

const FITS = /^(?=.{3,30}$)(?=.*[a-z])[a-z0-9]+([._][a-z0-9]+)*$/
const whereCollected = isCollected ? test : test.skip

whereCollected('all that fits the rules of a long list of reserved names is refused', async t => {
  const people = await t.context.cast(...'Ada Bob Cara Dan Eve Fay Gus Hal'.split(' ')) // one would be too fast
  const words = (collected('text/big-username-blocklist.json') as string[]).filter(word => FITS.test(word))
  t.true(words.length > 300)
  const check = async (username: string, n: number) =>
    t.deepEqual(await people[n % people.length]?.call('profile:check_username', { username }), reserved, username)
  await Promise.all(words.map(check))
})
