import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a username is a word of a-z, 0-9, with single dots and underscores within, of 3 to 30, and no number', async t => {
  const [ada] = await t.context.cast('Ada')
  const wrong = [
    '',
    'ab',
    'Ada',
    'ada!',
    '.ada',
    'ada.',
    '_ada',
    'ada_',
    'a da',
    'adá',
    'a'.repeat(31),
    'ada\n',
  ].concat(['a..da', 'a._da', 'a__da', '1234', '12.34', 'аda', 'ada\0', ' ada', 'a'.repeat(100)])
  for (const username of wrong) {
    const { wire } = await ada.refused('profile:update', { username })
    t.is(wire.reason, 'invalid', username)
    t.deepEqual(Object.keys(wire.fields ?? {}), ['username'])
    if (username !== 'ada\0')
      t.deepEqual(await ada.call('profile:check_username', { username }), { available: false, reason: 'malformed' })
  }
  const people = await t.context.cast('Bob', 'Cara', 'Dan', 'Eve')
  for (const [i, username] of ['adb', '0ada', 'a.d_a', 'a'.repeat(30)].entries()) {
    t.deepEqual(await ada.call('profile:check_username', { username }), { available: true })
    t.is((await people[i]?.call('profile:update', { username }))?.username, username)
  }
})

test('a username that somebody has is refused to others, and nothing of that change is kept', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await ada.call('profile:update', { username: 'taken' })
  t.like(await bob.refused('profile:update', { username: 'taken', bio: 'me too' }), {
    code: 'conflict',
    reason: 'username_taken',
  })
  t.like(await bob.call('profile:get', { userId: bob.id }), { username: null, bio: '' })
  t.is((await ada.call('profile:update', { username: 'taken' })).username, 'taken')
  t.deepEqual(await bob.call('profile:check_username', { username: 'taken' }), { available: false, reason: 'taken' })
  t.deepEqual(await ada.call('profile:check_username', { username: 'taken' }), { available: true })
})

test('of two people who take a username at the same time, one has it', async t => {
  const people = await t.context.cast('Ada', 'Bob', 'Eve', 'Kim')
  const taken = await Promise.allSettled(people.map(person => person.call('profile:update', { username: 'quick' })))
  t.is(taken.filter(({ status }) => status === 'fulfilled').length, 1)
  t.is((await t.context.db('profiles').where({ username: 'quick' })).length, 1)
})
