import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { LIMIT_SCALE: '1' } })

test('our own client sends no faster than it may, and loses nothing by it', async t => {
  const [ada] = await t.context.cast('Ada')
  const asked = Array.from({ length: 90 }, () => ada.call('profile:get', { userId: ada.id }))
  t.is((await Promise.all(asked)).length, 90)
})
