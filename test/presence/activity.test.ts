import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { openDevice, type Device } from '../log/support/device.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { edgesHeard, findsThere, hears, type Edge } from './support/edges.ts'
import { showing } from './support/showing.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { PRESENCE_GRACE_SECONDS: '1' } })

test('who hides their activity is gone for others at once, and is told of nobody', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  for (const friend of [ada, cara]) await befriend(friend, bob)
  await befriend(ada, cara)
  const token = (await bob.client.auth.accessToken()) as string
  const seen: Edge[] = []
  const devices = t.context.urls.map(url => openDevice(url, { token }))
  for (const { socket } of devices) socket.on('presence:changed', (edge: Edge) => void seen.push(edge))
  await Promise.all(devices.map(({ ready }) => ready))

  await bob.call('settings:update', showing(false))
  const hidden = await hears(ada, bob, false)
  t.deepEqual(await bob.next('activity:changed'), { userId: bob.id, shown: false })
  t.false((await findsThere(ada)).includes(bob.id))
  t.like(await bob.call('presence:list', {}), { shown: false, items: [] })

  cara.client.close()
  await hears(ada, cara, false)
  await cara.client.connect()
  await hears(ada, cara, true)
  await Promise.all([bob.hearsAll(), ...devices.map(device => device.hearsAll())])
  t.deepEqual(edgesHeard(bob, cara), [])
  t.deepEqual(seen, []) // nor on any other device, of either node

  await bob.call('settings:update', showing(true))
  const shown = await hears(ada, bob, true)
  t.true(shown.version > hidden.version)
  t.true((await findsThere(ada)).includes(bob.id))
  t.deepEqual(await findsThere(bob), [ada.id, cara.id].map(String).toSorted())
  cara.client.close()
  await hears(bob, cara, false)
  await Promise.all([ada.hearsAll(), ...devices.map(device => device.hearsAll())])
  t.deepEqual(edgesHeard(ada, bob), [hidden, shown])
  t.deepEqual(
    seen.map(({ userId, online }) => ({ userId, online })),
    devices.map(() => ({ userId: cara.id, online: false })),
  )
  for (const device of devices) device.socket.disconnect()
})

test('who comes while hiding is not announced, neither by a new connection nor by a list', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  await befriend(ada, bob)
  await befriend(ada, cara)
  await bob.call('settings:update', showing(false))
  await bob.call('settings:update', showing(false)) // changes nothing, and tells nobody
  await hears(ada, bob, false)
  bob.client.close()
  await bob.client.connect()
  await bob.hearsAll()
  t.is(bob.heard.filter(({ name }) => name === 'activity:changed').length, 1)
  cara.client.close()
  await hears(ada, cara, false)
  t.is(edgesHeard(ada, bob).length, 1)
  t.deepEqual(await findsThere(ada), [])
  t.deepEqual(edgesHeard(bob, cara), [])
})

test('hiding and showing at once, from several devices, ends as the row says', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  const token = (await bob.client.auth.accessToken()) as string
  const devices = t.context.urls.map(url => openDevice(url, { token }))
  await Promise.all(devices.map(({ ready }) => ready))
  const flip = (device: Device) =>
    [true, false, false, true].map(shown => device.send('settings:update', showing(shown)))
  await Promise.all(devices.flatMap(flip))
  await Promise.all([bob.call('settings:update', showing(false)), bob.call('settings:update', showing(true))])
  await Promise.all([bob, ada, ...devices].map(person => person.hearsAll()))
  const { shows_activity: shown } = (await t.context.db('users').where({ id: bob.id }).first('shows_activity')) as {
    shows_activity: boolean
  }
  await ada.hearsAll()
  t.is((await findsThere(ada)).includes(bob.id), shown)
  t.is((await bob.call('presence:list', {})).shown, shown)
  for (const device of devices) device.socket.disconnect()
})
