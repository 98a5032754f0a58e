import { randomUUID } from 'node:crypto'
import anyTest from 'ava'
import { once } from '../support/once.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a repeat of what was done is answered with the first ack, also when the limit is spent', async t => {
  const [ada] = await t.context.cast('Ada')
  using device = await once(ada, t.context.urls[0])
  const update = { bio: 'written once', clientId: randomUUID() }
  const first = await device.send('profile:update', update)
  t.true(first.ok)
  const isRefused = async () =>
    !(await device.send('profile:update', { bio: 'written once', clientId: randomUUID() })).ok
  while (!(await isRefused()));
  t.deepEqual(await device.send('profile:update', update), first)
  t.like(await device.send('profile:update', { ...update, bio: 'other' }), {
    ok: false,
    error: { code: 'conflict', reason: 'client_id' },
  })
})
