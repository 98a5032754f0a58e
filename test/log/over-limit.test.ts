import { randomUUID } from 'node:crypto'
import anyTest from 'ava'
import { once } from '../support/once.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { LIMIT_SCALE: '1' } })

test('a repeat of what was done is answered with the first ack, also when the limit is spent', async t => {
  const [ada] = await t.context.cast('Ada')
  const update = { bio: 'written once', clientId: randomUUID() }
  using device = await once(ada, t.context.urls[0])
  const first = await device.send('profile:update', update)
  t.true(first.ok)
  // To two nodes, for one alone takes no more so fast.
  for (const url of t.context.urls) {
    using other = await once(ada, url)
    for (let i = 0; i < 40; i++) await other.send('profile:update', { bio: 'written once', clientId: randomUUID() })
  }
  t.like(await device.send('profile:update', { bio: 'once more' }), { error: { reason: 'too_fast' } })
  t.deepEqual(await device.send('profile:update', update), first)
  t.like(await device.send('profile:update', { ...update, bio: 'other' }), {
    ok: false,
    error: { code: 'conflict', reason: 'client_id' },
  })
})
