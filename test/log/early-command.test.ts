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
    using device = openDevice(url, handshake)
    const order: string[] = []
    device.socket.on('log:ready', () => order.push('ready'))
    const entered = device.send('room:join', { kind: 'post', id }).then(ack => order.push(`ok: ${ack.ok}`))
    await Promise.all([entered, ada.call('comment:create', { postId: id, text: 'at once' })])
    t.deepEqual(order, ['ready', 'ok: true'])
    t.deepEqual(numbers(device.heard).slice(0, 1000), upTo(1000))
    t.true(device.heard.every(({ pos }, i) => i === 0 || pos > (device.heard[i - 1]?.pos ?? 0)))
  }
})
