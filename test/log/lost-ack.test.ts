import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { signUp } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { wireTo } from './support/wire.ts'

const test = anyTest as WorldTest
withWorld(test)

test('when the ack is lost on the way, the client asks again by itself, and the command is done once', async t => {
  const [bob] = await t.context.cast('Bob')
  await using wire = await wireTo(t.context.urls[0])
  const ada = await signUp({ name: 'Ada', url: wire.url, inbox: t.context.env.SMS_ENDPOINT ?? '' })
  await befriend(ada, bob)
  for (let round = 0; round < 3; round++) {
    wire.silence()
    const asked = ada.call('post:create', { text: `round ${round}` })
    const heard = await bob.next('post:created') // it is done, and she does not know
    wire.cut()
    t.deepEqual(await asked, heard)
  }
  const posts = (await bob.hearsAll()).filter(({ name }) => name === 'post:created')
  t.deepEqual(
    posts.map(({ payload }) => (payload as { text: string }).text),
    ['round 0', 'round 1', 'round 2'],
  )
  t.deepEqual(
    (await ada.hearsAll()).filter(({ name }) => name === 'post:created').map(({ payload }) => payload),
    posts.map(({ payload }) => payload),
  )
  ada.client.close()
})
