import { setTimeout as pause } from 'node:timers/promises'
import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { openRaw } from '../support/raw.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { edgesHeard, findsThere, hears } from './support/edges.ts'
import { showing } from './support/showing.ts'

const GRACE_SECONDS = 20
const test = anyTest as WorldTest
withWorld(test, { env: { PRESENCE_GRACE_SECONDS: String(GRACE_SECONDS) } })

test('who hides and leaves as soon as they are answered is gone for others at once, on either node', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  const token = (await bob.client.auth.accessToken()) as string
  while (!(await findsThere(ada)).includes(bob.id)) await pause(20) // the nodes have begun to tell who is here
  await bob.call('settings:update', showing(false))
  let last = await hears(ada, bob, false)
  bob.client.close()
  const hearsNext = async (online: boolean) => {
    const { version } = last
    last = await ada.next('presence:changed', edge => edge.online === online && edge.version > version)
  }
  for (const url of t.context.urls) {
    const device = openRaw({ url, auth: { token } })
    await device.ready
    await device.ask('settings:update', showing(true))
    await hearsNext(true)
    const begun = performance.now()
    await device.ask('settings:update', showing(false))
    device.vanish()
    await hearsNext(false)
    t.true(performance.now() - begun < (GRACE_SECONDS * 1000) / 4)
  }
  t.deepEqual(
    edgesHeard(ada, bob)
      .slice(-5)
      .map(({ online }) => online),
    [false, true, false, true, false],
  )
})
