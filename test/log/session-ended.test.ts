import { once } from 'node:events'
import anyTest from 'ava'
import { createClient, memoryStore } from '../../client/index.ts'
import { signIn } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { openDevice } from './support/device.ts'

const test = anyTest as WorldTest
withWorld(test)

test('an ended session is closed on the other node, does not come back, and neither resumes nor commands', async t => {
  const [ada] = await t.context.cast('Ada')
  const [, otherNode] = t.context.urls
  const store = memoryStore()
  const phone = createClient({ url: otherNode, store })
  const tokens = await signIn(phone, ada.phone, t.context.env.SMS_ENDPOINT ?? '')
  await phone.connect()
  const cursor = phone.cursor()
  const ended = new Promise<string>(resolve => phone.onEnded(resolve))
  let readies = 0
  phone.onReady(() => (readies += 1))
  using raw = openDevice(otherNode, { token: tokens.accessToken })
  await raw.ready
  const closed = once(raw.socket as never, 'disconnect')

  await ada.call('session:end', { sessionId: tokens.sessionId })

  t.is(await ended, 'revoked')
  t.deepEqual((await closed)[0], 'io server disconnect') // the reason after which no client comes back
  t.is(await store.load(), null)
  await t.throwsAsync(async () => phone.connect(), { message: 'Nobody is signed in' })
  t.is(readies, 0)

  for (const url of t.context.urls) {
    using again = openDevice(url, { token: tokens.accessToken, cursor })
    const unheard = once(again.socket as never, 'disconnect')
    const asked = again.send('post:create', { text: 'from the grave' }).catch(() => null)
    const [{ reason }] = (await once(again.socket as never, 'session:ended')) as [{ reason: string }]
    t.is(reason, 'revoked')
    await unheard
    t.deepEqual(again.heard, [])
    again.socket.disconnect()
    void asked
  }
  t.deepEqual((await ada.call('post:list', { authorId: ada.id })).items, [])
  await ada.hearsAll()
})
