import { once } from 'node:events'
import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'
import { openDevice } from './support/device.ts'
import { flood } from './support/flood.ts'
import { numbers, upTo } from './support/numbers.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a room entered in the first frame brings nothing before what was missed', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const { id } = await ada.call('post:create', { text: 'Say something', visibility: 'public' })
  await bob.hearsAll()
  const handshake = { token: (await bob.client.auth.accessToken()) as string, cursor: bob.client.cursor() }
  await flood(t.context.db, `user:${bob.id}`, 1000)
  await bob.hearsAll()

  for (const url of t.context.urls) {
    // Joining asks for the session, which nobody can read for now; entering a room does not.
    const trx = await t.context.db.transaction()
    await trx.raw('lock table sessions in access exclusive mode')
    using device = openDevice(url, handshake)
    const order: string[] = []
    device.socket.on('log:ready', () => order.push('ready'))
    const entered = device.send('room:join', { kind: 'post', id }).then(ack => order.push(`ok: ${ack.ok}`))
    await once(device.socket as never, 'connect')
    for (let i = 0; i < 20; i++) await ada.call('profile:get', { userId: ada.id })
    const comment = await ada.call('comment:create', { postId: id, text: 'at once' })
    await ada.next('comment:created', ({ id }) => id === comment.id)
    await trx.commit()
    await entered
    t.deepEqual(order, ['ready', 'ok: true'])
    t.deepEqual(numbers(device.heard).slice(0, 1000), upTo(1000))
    t.true(device.heard.every(({ pos }, i) => i === 0 || pos > (device.heard[i - 1]?.pos ?? 0)))
  }
})
