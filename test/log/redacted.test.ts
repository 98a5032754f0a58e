import anyTest from 'ava'
import type { Knex } from 'knex'
import { startWeb } from '../../src/main/web.ts'
import { befriend } from '../friends/support/befriend.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { openDevice } from './support/device.ts'
import { flood, nowhere } from './support/flood.ts'
import { holding } from './support/held.ts'
import { tracesOf } from './support/traces.ts'

const test = anyTest as WorldTest
withWorld(test)

/** More than a node that starts takes from the log into memory. */
const WARM_UP = 5001
/** While it is held, what is committed does not get into the log. */
const THE_LOG = 'select from log_head for update'

/** What somebody is given who comes back to `url` after having heard what comes before `cursor`. */
async function givenTo(person: Person, url: string, cursor: string | null, postId: string) {
  const token = (await person.client.auth.accessToken()) ?? ''
  using device = openDevice(url, { token, cursor, rooms: [{ kind: 'post', id: postId }] })
  const { recovered } = await device.ready
  return { recovered, names: device.heard.map(({ name }) => name), text: JSON.stringify(await device.hearsAll()) }
}

/** Friends of whom one posts, both comment, and all of it is deleted; and where the other was before. */
async function deletedTalk(world: World) {
  const [ada, bob] = await world.cast('Ada', 'Bob') // on different nodes
  await befriend(ada, bob)
  await bob.hearsAll()
  const cursor = bob.client.cursor()
  const secret = `secret ${crypto.randomUUID()}`
  const { id } = await ada.call('post:create', { text: secret })
  await ada.call('comment:create', { postId: id, text: secret })
  const { id: commentId } = await bob.call('comment:create', { postId: id, text: secret })
  await bob.hearsAll()
  return { ada, bob, cursor, secret, id, commentId }
}

test('what is deleted can be read nowhere in the log any more, and comes with no replay from memory', async t => {
  const { ada, bob, cursor, secret, id, commentId } = await deletedTalk(t.context)
  t.is((await tracesOf(t.context, secret)).length, 4) // three entries in the table, and the stream
  await bob.call('comment:delete', { commentId })
  await ada.next('comment:deleted', comment => comment.id === commentId)
  t.is((await tracesOf(t.context, secret)).filter(place => place.startsWith('event_log')).length, 2)
  await ada.call('post:delete', { postId: id })
  await bob.next('post:deleted', post => post.id === id)
  t.deepEqual(await tracesOf(t.context, secret), [])
  await ada.hearsAll()
  for (const url of t.context.urls) {
    const { recovered, names, text } = await givenTo(bob, url, cursor, id)
    t.true(recovered)
    t.deepEqual(
      names.filter(name => /^(post|comment):/.test(name)),
      ['post:deleted'],
    )
    t.false(text.includes(secret))
  }
})

test('nor with a replay from the database', async t => {
  const { ada, bob, cursor, secret, id } = await deletedTalk(t.context)
  await ada.call('post:delete', { postId: id })
  await flood(t.context.db, nowhere(), WARM_UP)
  await bob.hearsAll()
  await using web = await startWeb(t.context.config)
  const { recovered, names, text } = await givenTo(bob, `http://127.0.0.1:${web.port}`, cursor, id)
  t.true(recovered)
  t.true(names.includes('post:deleted'))
  t.false(text.includes(secret))
})

test('what is deleted before it got into the log never does', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  const secret = `secret ${crypto.randomUUID()}`
  const id = await holding(t.context.db, THE_LOG, async () => {
    const { id } = await ada.call('post:create', { text: secret })
    await ada.call('comment:create', { postId: id, text: secret })
    await ada.call('post:delete', { postId: id })
    return id
  })
  await bob.next('post:deleted', post => post.id === id)
  t.deepEqual(await tracesOf(t.context, secret), [])
  for (const person of [ada, bob]) t.false(JSON.stringify(await person.hearsAll()).includes(secret))
})

test('what comes after in the same batch is not touched, though it tells of the same', async t => {
  const { db } = t.context
  const [ada] = await t.context.cast('Ada')
  const room = `user:${ada.id}`
  const row = (name: string, erases: string | null) =>
    ({ kind: 'event', name, payload: '{}', rooms: [room], excluded: [], subjects: ['it'], erases }) as const
  await db('outbox').insert([row('test:before', null), row('test:erased', 'it'), row('test:after', null)])
  await ada.next('test:after' as never)
  const names = (await ada.hearsAll()).map(({ name }) => name as string).filter(name => name.startsWith('test:'))
  t.deepEqual(names, ['test:erased', 'test:after'])
})

/** What a relay does that dies between numbering and publishing, before anybody else numbers. */
const numberOnly = (db: Knex, body: () => Promise<unknown>) =>
  db.transaction(async trx => {
    await trx.raw(THE_LOG)
    await body()
    await trx.raw('select from sequence_outbox(500)')
    await trx.raw(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'kith-relay'`,
    )
  })

test('when a relay dies before it publishes a deletion, the next one takes the text out of the stream all the same', async t => {
  const { ada, bob, cursor, secret, id } = await deletedTalk(t.context)
  await numberOnly(t.context.db, () => ada.call('post:delete', { postId: id }))
  await bob.next('post:deleted', post => post.id === id)
  await ada.hearsAll() // published by the next relay, after what the last one left
  t.deepEqual(await tracesOf(t.context, secret), [])
  for (const url of t.context.urls) t.false((await givenTo(bob, url, cursor, id)).text.includes(secret))
})
