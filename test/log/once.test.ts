import { randomUUID } from 'node:crypto'
import anyTest from 'ava'
import type { CommandName, Input } from '../../client/index.ts'
import type { Ack } from '../../src/kernel/dispatch.ts'
import { befriend } from '../friends/support/befriend.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { openDevice, type Device } from './support/device.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { LIMIT_SCALE: '10' } }) // nobody has as many sockets as these tests

const TIMES = 20

/** Twenty sockets of one person, on the two nodes in turn. */
async function sockets({ urls }: World, person: Person): Promise<Device[]> {
  const token = (await person.client.auth.accessToken()) as string
  const devices = Array.from({ length: TIMES }, (_, i) => openDevice(urls[i % 2] as string, { token }))
  await Promise.all(devices.map(({ ready }) => ready))
  return devices
}

const allAtOnce = (devices: readonly Device[], name: string, input: object): Promise<Ack[]> =>
  Promise.all(devices.map(device => device.send(name, input)))

const count = async ({ db }: World, table: string, where: object) =>
  Number((await db(table).where(where).count({ n: '*' }).first())?.n)

test.serial('a command sent twenty times at once over two nodes is done once, and every ack is the same', async t => {
  const [ada, bob, cara, dan, eve] = await t.context.cast('Ada', 'Bob', 'Cara', 'Dan', 'Eve')
  const devices = await sockets(t.context, ada)
  await befriend(ada, bob)
  await cara.call('friend:request', { userId: ada.id })
  await dan.call('friend:request', { userId: ada.id })
  const { id: postId } = await ada.call('post:create', { text: 'commented' })
  const { id: commentId } = await ada.call('comment:create', { postId, text: 'to delete' })
  const { id: doomed } = await ada.call('post:create', { text: 'to delete' })
  await bob.call('comment:create', { postId, text: 'notified' })
  await ada.next('notification:created', ({ type }) => type === 'comment')

  const commands = [
    once('post:create', { text: 'once' }, 'post:created'),
    once('comment:create', { postId, text: 'once' }, 'comment:created'),
    once('comment:delete', { commentId }, 'comment:deleted'),
    once('post:delete', { postId: doomed }, 'post:deleted'),
    once('friend:request', { userId: eve.id }, 'friend:requested'),
    once('friend:accept', { userId: cara.id }, 'friend:accepted'),
    once('friend:decline', { userId: dan.id }, 'friend:request_closed'),
    once('friend:remove', { userId: bob.id }, 'friend:removed'),
    once('block:create', { userId: eve.id }, 'block:created'),
    once('block:remove', { userId: eve.id }, 'block:removed'),
    once('upload:sign', { files: [{ contentType: 'image/png', bytes: 1000 }] }, null),
    once('profile:update', { displayName: 'Ada L.' }, 'profile:updated'),
    once('notification:read_all', {}, 'notification:read'),
    once('device:register', { token: 'a phone', platform: 'ios' }, null),
  ]
  for (const { name, input, event } of commands) {
    const before = await count(t.context, 'event_log', { name: event ?? '' })
    const request = { ...input, clientId: randomUUID() }
    const [first, ...others] = await allAtOnce(devices, name, request)
    t.like(first, { ok: true }, `${name}: ${JSON.stringify(first)}`)
    for (const ack of others) t.deepEqual(ack, first, name)
    await ada.hearsAll()
    const own = event === 'profile:updated' ? 1 : 0 // hearing all makes one as well
    if (event) t.is(await count(t.context, 'event_log', { name: event }), before + 1 + own, name)
    t.deepEqual(await devices[0]?.send(name, request), first, `${name}, later`)
  }
  t.is(await count(t.context, 'posts', { author_id: ada.id, text: 'once' }), 1)
  t.is(await count(t.context, 'comments', { author_id: ada.id, text: 'once' }), 1)
  t.is(await count(t.context, 'media', { owner_id: ada.id }), 1)
  for (const device of devices) device.socket.disconnect()
})

const once = <N extends CommandName>(name: N, input: Input<N>, event: string | null) => ({ name, input, event })

test.serial(
  'the same clientId with another payload or command is a conflict; for another person it means nothing',
  async t => {
    const [ada, bob] = await t.context.cast('Ada', 'Bob')
    const [device] = await sockets(t.context, ada)
    const [other] = await sockets(t.context, bob)
    const clientId = randomUUID()
    const first = await device?.send('post:create', { text: 'mine', clientId })
    for (const [name, input] of [
      ['post:create', { text: 'other' }],
      ['profile:update', { bio: 'mine' }],
    ] as const)
      t.like(await device?.send(name, { ...input, clientId }), {
        ok: false,
        error: { code: 'conflict', reason: 'client_id', retry: false },
      })
    const second = await other?.send('post:create', { text: 'mine', clientId })
    t.like(second, { ok: true, data: { authorId: bob.id } })
    t.notDeepEqual(second, first)
  },
)

test.serial('a command that was refused leaves no memory: sent again when it is right, it is done', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const [device] = await sockets(t.context, ada)
  const request = { userId: bob.id, clientId: randomUUID() }
  t.like(await device?.send('friend:accept', request), { ok: false, error: { reason: 'friend_request' } })
  await bob.call('friend:request', { userId: ada.id })
  t.like(await device?.send('friend:accept', request), { ok: true, data: { status: 'accepted' } })
})
