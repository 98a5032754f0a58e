import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { keepsPosting } from '../log/support/author.ts'
import { openDevice } from '../log/support/device.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { texts } from './support/mentions.ts'

const test = anyTest as WorldTest
withWorld(test)

test('from the ack on neither hears the other, among friends or under a post both have open; everybody else hears both', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  for (const [one, other] of [
    [ada, bob],
    [ada, cara],
    [bob, cara],
  ] as const)
    await befriend(one, other)
  const { id: postId } = await cara.call('post:create', { text: 'open', visibility: 'public' })
  for (const { client } of [ada, bob, cara]) await client.join('post', postId)
  const speak = async (person: Person, when: string) => {
    await person.call('post:create', { text: `${person.name} posts ${when}` })
    const { id } = await person.call('comment:create', { postId, text: `${person.name} comments ${when}` })
    await person.call('comment:delete', { commentId: id })
    return [`${person.name} posts ${when}`, `${person.name} comments ${when}`]
  }
  const before = [...(await speak(ada, 'before')), ...(await speak(bob, 'before'))]
  for (const person of [ada, bob, cara]) t.deepEqual(await texts(person), ['open', ...before])

  await ada.call('block:create', { userId: bob.id })
  const counted = async (person: Person) =>
    (await person.hearsAll()).filter(({ name }) => name === 'post:counted' || name === 'comment:deleted').length
  const counts = { ada: await counted(ada), bob: await counted(bob), cara: await counted(cara) }
  const after = { ada: await speak(ada, 'after'), bob: await speak(bob, 'after') }
  t.deepEqual(await texts(ada), ['open', ...before, ...after.ada])
  t.deepEqual(await texts(bob), ['open', ...before, ...after.bob])
  t.deepEqual(await texts(cara), ['open', ...before, ...after.ada, ...after.bob])
  // Two comments were written and deleted, each counted both times: of these, each of the two hears their own.
  t.deepEqual(
    { ada: await counted(ada), bob: await counted(bob), cara: await counted(cara) },
    { ada: counts.ada + 3, bob: counts.bob + 3, cara: counts.cara + 6 },
  )

  const { id } = await cara.call('comment:create', { postId, text: 'to both' })
  for (const person of [ada, bob]) t.like(await person.next('comment:created', comment => comment.id === id), { id })
})

test('nothing either does after the ack reaches the other on any node, in heavy traffic', async t => {
  const [ada, bob, cara] = await t.context.cast('Ada', 'Bob', 'Cara')
  const { id: postId } = await cara.call('post:create', { text: 'open', visibility: 'public' })
  const sides = []
  for (const [person, other] of [
    [ada, bob],
    [bob, ada],
  ] as const) {
    const token = (await person.client.auth.accessToken()) as string
    const devices = t.context.urls.map(url => openDevice(url, { token, rooms: [{ kind: 'post', id: postId }] }))
    t.teardown(() => devices.forEach(({ socket }) => socket.disconnect()))
    await Promise.all(devices.map(({ ready }) => ready))
    sides.push({ person, other, devices })
  }
  for (let round = 0; round < 4; round++) {
    await befriend(ada, bob)
    const since =
      sides
        .flatMap(({ devices }) => devices)
        .at(-1)
        ?.heard.at(-1)?.pos ?? 0
    const authors = [keepsPosting(ada), keepsPosting(bob)]
    for (const author of authors) await author.writes(8)
    await ada.call('block:create', { userId: bob.id })
    const late = await Promise.all(
      [ada, bob].flatMap(person => [
        person.call('post:create', { text: 'after' }),
        person.call('comment:create', { postId, text: 'after' }),
      ]),
    )
    for (const author of authors) await author.writes(8)
    for (const author of authors) await author.stop()
    for (const { person, other, devices } of sides)
      for (const device of devices) {
        const heard = (await device.hearsAll()).filter(({ pos }) => pos > since)
        const theirs = heard.filter(({ payload }) => payload.authorId === other.id)
        t.true(theirs.length >= 4, 'friends until then')
        t.false(theirs.some(({ payload }) => late.some(({ id }) => id === payload.id)))
        const hidden = await positionOfBlock(person)
        t.true(theirs.every(({ pos }) => pos < hidden))
      }
    await ada.call('block:remove', { userId: bob.id })
  }

  /** Where the log took a person last into a room of those who do not hear. */
  async function positionOfBlock({ id }: Person) {
    const found = await t.context
      .db('event_log')
      .where({ name: 'access:granted' })
      .whereRaw(`payload::jsonb ->> 'userId' = ? and payload like '%hidden:%'`, [id])
      .max<{ pos: string }[]>('pos as pos')
    return Number(found[0]?.pos)
  }
})
