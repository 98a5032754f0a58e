import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a username has 3 to 30 of a-z, 0-9, dot and underscore, and neither begins nor ends with a sign', async t => {
  const [ada] = await t.context.cast('Ada')
  const wrong = ['', 'ab', 'Ada', 'ada!', '.ada', 'ada.', '_ada', 'ada_', 'a da', 'adá', 'a'.repeat(31), 'ada\n']
  for (const username of wrong) t.is((await ada.refused('profile:update', { username })).reason, 'invalid', username)
  for (const username of ['ada', '0ada', 'a.d_a', 'a'.repeat(30)])
    t.is((await ada.call('profile:update', { username })).username, username)
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
})

test('of two people who take a username at the same time, one has it', async t => {
  const people = await t.context.cast('Ada', 'Bob', 'Eve', 'Kim')
  const taken = await Promise.allSettled(people.map(person => person.call('profile:update', { username: 'quick' })))
  t.is(taken.filter(({ status }) => status === 'fulfilled').length, 1)
  t.is((await t.context.db('profiles').where({ username: 'quick' })).length, 1)
})

test('a username that was given up can be taken', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await ada.call('profile:update', { username: 'first' })
  await ada.call('profile:update', { username: 'second' })
  t.is((await bob.call('profile:update', { username: 'first' })).username, 'first')
})
