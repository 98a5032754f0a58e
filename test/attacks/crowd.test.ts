import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'
import { openWire } from './support/wire.ts'

const test = anyTest as WorldTest
withWorld(test)

test('strangers of one address leave room for others and for those signed in', async t => {
  const [ada] = await t.context.cast('Ada')
  const crowd = await Promise.allSettled(Array.from({ length: 700 }, () => openWire(t.context.urls[1])))
  const inside = crowd.filter(({ status }) => status === 'fulfilled').length
  t.true(inside >= 400 && inside <= 510, String(inside))
  t.is((await fetch(`${t.context.urls[1]}/health/live`)).status, 200)
  await ada.call('session:list', {})
  for (const one of crowd) if (one.status === 'fulfilled') one.value.vanish()
})
