import anyTest from 'ava'
import { signedWire, tokenOf } from '../attacks/support/wire.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('the command that ends its own session is answered before the socket is told, and closed', async t => {
  const [ada] = await t.context.cast('Ada')
  const wire = await signedWire(t.context.urls[0], await tokenOf(ada))
  const ended = await wire.ask('account:deactivate', '{}')
  t.true(ended?.ok)
  await wire.closed
  const acked = wire.frames.findLastIndex(frame => frame.startsWith('43'))
  const told = wire.frames.findIndex(frame => frame.startsWith('42["session:ended"'))
  t.true(acked >= 0 && told > acked, wire.frames.join('\n'))
})

test('a socket whose session is over hears nothing, not even while it is still told of its last command', async t => {
  const { urls, db } = t.context
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const wire = await signedWire(urls[0], await tokenOf(ada))
  // Ada's row is held, so that her command is under way for a while.
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
  t.teardown(letGo)
  const holding = db.transaction(async trx => {
    await trx('users').where({ id: ada.id }).forNoKeyUpdate()
    await held
  })
  const busy = wire.ask('account:update', '{"accountType":"business"}')
  const { sessionId } = (await ada.client.auth.tokens()) ?? {}
  const laptop = await signedWire(urls[1], await tokenOf(ada))
  t.true((await laptop.ask('session:end', JSON.stringify({ sessionId })))?.ok)
  await bob.call('friend:request', { userId: ada.id })
  letGo()
  await holding
  await busy
  await wire.closed
  t.false(wire.frames.some(frame => frame.includes('friend:requested')))
})
