import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { keepsPosting } from './support/author.ts'
import { openDevice, type Device } from './support/device.ts'

const test = anyTest as WorldTest
withWorld(test)

const ROUNDS = 5

test('nothing produced after the ack of an unfriending reaches the other on any node, in heavy traffic, with a post open', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  await befriend(ada, cara)
  const { id } = await ada.call('post:create', { text: 'open' })
  const devices: Device[] = []
  for (const url of t.context.urls)
    devices.push(openDevice(url, { token: (await bob.client.auth.accessToken()) as string }))
  await Promise.all(devices.map(({ ready }) => ready))

  for (let round = 0; round < ROUNDS; round++) {
    await befriend(ada, bob)
    const seen = devices.map(({ heard }) => heard.length)
    for (const device of devices) t.like(await device.send('room:join', { kind: 'post', id }), { ok: true })
    const author = keepsPosting(ada)
    await author.writes(10)
    await cara.call('comment:create', { postId: id, text: 'before' })
    await ada.call('friend:remove', { userId: bob.id })
    const late = await Promise.all([
      cara.call('comment:create', { postId: id, text: 'after' }),
      ada.call('post:create', { text: 'after' }),
    ])
    await author.writes(10)
    await author.stop()
    await Promise.all(devices.map(device => device.hearsAll()))

    const revoked = await lastOf('access:revoked')
    const due = await produced(await lastOf('access:granted'), revoked)
    for (const [i, { heard }] of devices.entries()) {
      const theirs = heard.slice(seen[i]).filter(({ name }) => /^(post|comment):/.test(name))
      t.true(theirs.every(({ pos }) => pos < revoked))
      t.false(theirs.some(({ payload }) => late.some(({ id }) => id === payload.id)))
      t.deepEqual(
        theirs.filter(({ name }) => name === 'post:created').map(({ pos }) => pos),
        due,
      )
    }
  }
  for (const device of devices) device.socket.disconnect()

  async function lastOf(name: string) {
    const payload = t.context.db.raw(`payload::jsonb @> ?`, [JSON.stringify({ userId: bob.id })])
    const [row] = await t.context.db('event_log').where({ name }).where(payload).max('pos as pos')
    return Number((row as { pos: string }).pos)
  }
  /** The posts of Ada between two positions. */
  async function produced(after: number, before: number) {
    const rows = (await t.context
      .db('event_log')
      .where({ name: 'post:created' })
      .whereBetween('pos', [after, before])
      .orderBy('pos')
      .select('pos')) as { pos: string }[]
    return rows.map(({ pos }) => Number(pos))
  }
})
