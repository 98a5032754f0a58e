import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'
import { openDevice } from './support/device.ts'

const test = anyTest as WorldTest
withWorld(test)

test.serial('whoever comes without a cursor, or with one ahead of the log, reads afresh', async t => {
  const [bob] = await t.context.cast('Bob')
  await bob.hearsAll()
  const token = (await bob.client.auth.accessToken()) as string
  const [epoch, pos] = (bob.client.cursor() as string).split(':')
  for (const [cursor, reason] of [
    [null, 'fresh'],
    [`${'0'.repeat(32)}:${pos}`, 'epoch'],
    [`${epoch}:999999`, 'epoch'],
  ]) {
    using device = openDevice(t.context.urls[0], { token, cursor: cursor ?? null })
    const ready = await device.ready
    t.like(ready, { recovered: false, reason })
    t.is(ready.cursor.split(':')[0], epoch)
    t.deepEqual(device.heard, [])
  }
})

test.serial(
  'when the log is replaced, everyone comes back by themselves, reads afresh, and hears what follows',
  async t => {
    const [ada, bob] = await t.context.cast('Ada', 'Bob') // on different nodes
    const states = [ada, bob].map(({ client }) => new Promise(resolve => client.onReady(resolve)))
    await t.context.db('log_head').update({ epoch: 'f'.repeat(32) })
    for (const state of await Promise.all(states)) t.like(state, { recovered: false, reason: 'epoch' })
    await bob.call('friend:request', { userId: ada.id })
    t.like(await ada.next('friend:requested'), { fromId: bob.id })
    t.is((await ada.hearsAll()).filter(({ name }) => name === 'friend:requested').length, 1)
  },
)
