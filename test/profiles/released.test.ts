import anyTest from 'ava'
import { SweepUsernames } from '../../src/domains/profiles/jobs.ts'
import { perform } from '../support/perform.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const DAY_MS = 24 * 3_600_000

/** Makes all that a person gave up so many days older. */
const age = ({ db }: World, user_id: string, days: number) =>
  db('released_usernames')
    .where({ user_id })
    .update({ released_at: db.raw('released_at - make_interval(days => ?)', [days]) })

test('a username that was given up is nobody else’s for 30 days, and may be taken back', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await ada.call('profile:update', { username: 'ada.one' })
  await ada.call('profile:update', { username: 'ada.two' })
  const taken = { available: false, reason: 'taken' }
  t.deepEqual(await bob.call('profile:check_username', { username: 'ada.one' }), taken)
  t.is((await bob.refused('profile:update', { username: 'ada.one' })).reason, 'username_taken')
  t.is((await bob.refused('profile:find', { username: 'ada.one' })).reason, 'person')
  t.deepEqual(await ada.call('profile:check_username', { username: 'ada.one' }), { available: true })
  t.is((await ada.call('profile:update', { username: 'ada.one' })).username, 'ada.one')
  t.deepEqual(await bob.call('profile:check_username', { username: 'ada.two' }), taken)
  await age(t.context, ada.id, 29)
  t.is((await bob.refused('profile:update', { username: 'ada.two' })).reason, 'username_taken')
  await age(t.context, ada.id, 1)
  t.is((await bob.call('profile:update', { username: 'ada.two' })).username, 'ada.two')
})

test('what an erased person was called is nobody’s for as long', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await ada.call('profile:update', { username: 'ada.gone' })
  await t.context.db('users').where({ id: ada.id }).delete()
  t.is((await bob.refused('profile:update', { username: 'ada.gone' })).reason, 'username_taken')
  await age(t.context, ada.id, 30)
  t.is((await bob.call('profile:update', { username: 'ada.gone' })).username, 'ada.gone')
})

test('a username changes twice in 30 days, and whoever would more is told when', async t => {
  const [ada] = await t.context.cast('Ada')
  for (const username of ['first.of.three', 'second.of.three', 'third.of.three'])
    await ada.call('profile:update', { username })
  const { wire } = await ada.refused('profile:update', { username: 'fourth', bio: 'With it' })
  t.like(wire, { code: 'rate_limited', reason: 'username_changes' })
  t.true(Math.abs((wire.retryAfterMs ?? 0) - 30 * DAY_MS) < 60_000)
  t.is((await ada.refused('profile:update', { username: 'first.of.three' })).reason, 'username_changes')
  t.like(await ada.call('profile:update', { username: 'third.of.three', bio: 'The same' }), { bio: 'The same' })
  await age(t.context, ada.id, 30)
  t.is((await ada.call('profile:update', { username: 'fourth' })).username, 'fourth')
})

test('of changes made at once no more than two are', async t => {
  const [ada] = await t.context.cast('Ada')
  await ada.call('profile:update', { username: 'at.once' })
  const changes = await Promise.allSettled(
    Array.from({ length: 6 }, (_, i) => ada.call('profile:update', { username: `at.once.${i}` })),
  )
  t.is(changes.filter(({ status }) => status === 'fulfilled').length, 2)
  t.is((await t.context.db('released_usernames').where({ user_id: ada.id })).length, 2)
})

test('after 30 days nothing is kept of it', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  for (const person of [ada, bob])
    for (const username of ['swept', 'kept'])
      await person.call('profile:update', { username: `${username}.${person.name.toLowerCase()}` })
  await age(t.context, ada.id, 30)
  await age(t.context, bob.id, 29)
  await perform(t.context, SweepUsernames, {})
  const left = await t.context.db('released_usernames').whereIn('user_id', [ada.id, bob.id]).pluck('username')
  t.deepEqual(left, ['swept.bob'])
})
