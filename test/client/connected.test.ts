import anyTest from 'ava'
import { createClient } from '../../client/index.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const FIRST = { message: 'There is no connection: call connect() first' }

test('a command before the connection and after its end is refused at once, not kept waiting for one', async t => {
  const [ada] = await t.context.cast('Ada')
  const client = createClient({ url: t.context.urls[0] })
  await t.throwsAsync(client.call('profile:get', { userId: ada.id }), FIRST)
  await t.throwsAsync(client.connect(), { message: 'Nobody is signed in' })
  await ada.call('profile:get', { userId: ada.id })
  ada.client.close()
  await t.throwsAsync(ada.call('profile:get', { userId: ada.id }), FIRST)
})

test('a command while the connection is made waits for it', async t => {
  const [ada] = await t.context.cast('Ada')
  ada.client.close()
  const connecting = ada.client.connect()
  t.is((await ada.call('profile:get', { userId: ada.id })).userId, ada.id)
  await connecting
})
