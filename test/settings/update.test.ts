import anyTest from 'ava'
import type { Data } from '../../client/index.ts'
import { once } from '../support/once.ts'
import { signUp } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

/** Something else than at the beginning, in every field there is. */
const ELSE: Data<'settings:get'> = {
  privacy: { profileVisibility: 'friends', isPrivate: true, showActivityStatus: false, allowMessagesFrom: 'no_one' },
  notifications: {
    push: false,
    email: false,
    frequency: 'daily',
    types: {
      friend_request: { push: false, email: true },
      friend_accepted: { push: true, email: false },
      comment: { push: false, email: false },
    },
  },
  content: { autoplayVideos: false, dataSaverMode: true, darkMode: 'dark' },
  wellness: { calmMode: true, timeLimitMinutes: 1440, hideMetrics: true },
}

test('everything can be changed, and is read again as it was given', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const untouched = await bob.call('settings:get', {})
  t.deepEqual(await ada.call('settings:update', ELSE), ELSE)
  t.deepEqual(await ada.call('settings:get', {}), ELSE)
  t.deepEqual(await bob.call('settings:get', {}), untouched)
})

test('what is left out stays as it is, at any depth', async t => {
  const [ada] = await t.context.cast('Ada')
  await ada.call('settings:update', ELSE)
  const { notifications } = ELSE
  const changed = {
    ...ELSE,
    notifications: { ...notifications, types: { ...notifications.types, comment: { push: true, email: false } } },
    content: { ...ELSE.content, darkMode: 'light' },
  }
  const part = { notifications: { types: { comment: { push: true } } }, content: { darkMode: 'light' } } as const
  t.deepEqual(await ada.call('settings:update', part), changed as typeof ELSE)
  t.deepEqual(await ada.call('settings:get', {}), changed as typeof ELSE)
})

test('a change is heard whole on a person’s own other device, on another node, and by nobody else', async t => {
  const { urls, env } = t.context
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const phone = await signUp({ name: 'Ada', phone: ada.phone, url: urls[1], inbox: env.SMS_ENDPOINT ?? '' })
  t.teardown(() => phone.client.close())
  const changed = await ada.call('settings:update', { wellness: { calmMode: true } })
  t.deepEqual(await phone.next('settings:updated'), { userId: ada.id, ...changed })
  await bob.hearsAll()
  t.false(bob.heard.some(({ name }) => name === 'settings:updated'))
})

test('a change that changes nothing is heard by nobody', async t => {
  const [ada] = await t.context.cast('Ada')
  const all = await ada.call('settings:get', {})
  for (const nothing of [{}, { privacy: {} }, { notifications: { types: { comment: {} } } }, all])
    t.deepEqual(await ada.call('settings:update', nothing), all)
  await ada.hearsAll()
  t.false(ada.heard.some(({ name }) => name === 'settings:updated'))
})

test('what is no setting, or none of its values, is refused by name, and nothing of the rest is done', async t => {
  const [ada] = await t.context.cast('Ada')
  const before = await ada.call('settings:get', {})
  const wrong = {
    theme: { theme: {} },
    'privacy.isSecret': { privacy: { isPrivate: true, isSecret: true } },
    'privacy.profileVisibility': { privacy: { isPrivate: true, profileVisibility: 'followers' } },
    'notifications.types.gossip': { notifications: { push: false, types: { gossip: { push: true } } } },
    'notifications.types.comment.sms': { notifications: { types: { comment: { push: false, sms: true } } } },
    'content.darkMode': { content: { dataSaverMode: true, darkMode: null } },
    'wellness.timeLimitMinutes': { wellness: { calmMode: true, timeLimitMinutes: 1441 } },
    wellness: { wellness: [] },
  }
  for (const [field, input] of Object.entries(wrong)) {
    const { wire } = await ada.refused('settings:update', input as object)
    t.like(wire, { code: 'bad_request', reason: 'invalid' }, field)
    t.deepEqual(Object.keys(wire.fields ?? {}), [field])
  }
  t.deepEqual(await ada.call('settings:get', {}), before)
})

test('of what two devices change at once, nothing is lost, and both hear the same in the end', async t => {
  const [ada] = await t.context.cast('Ada')
  const devices = await Promise.all(t.context.urls.map(url => once(ada, url)))
  t.teardown(() => devices.forEach(device => device[Symbol.dispose]()))
  for (let minutes = 1; minutes <= 10; minutes++) {
    const isOdd = minutes % 2 === 1
    const changes = [
      [{ wellness: { timeLimitMinutes: minutes } }, { privacy: { isPrivate: isOdd } }],
      [{ wellness: { calmMode: isOdd } }, { notifications: { types: { comment: { push: isOdd } } } }],
    ]
    await Promise.all(
      devices.flatMap((device, n) => (changes[n] ?? []).map(change => device.send('settings:update', change))),
    )
    const now = await ada.call('settings:get', {})
    t.like(now.wellness, { timeLimitMinutes: minutes, calmMode: isOdd })
    t.deepEqual([now.privacy.isPrivate, now.notifications.types.comment.push], [isOdd, isOdd])
    await ada.hearsAll()
    const last = ada.heard.findLast(({ name }) => name === 'settings:updated')
    t.deepEqual(last?.payload as object, { userId: ada.id, ...now })
  }
})
