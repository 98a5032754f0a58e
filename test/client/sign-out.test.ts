import anyTest from 'ava'
import { createClient, memoryStore } from '../../client/index.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('what somebody waits for as they sign out is given up, and nothing of it goes on under who signs in next', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const store = memoryStore()
  await store.save(await ada.client.auth.tokens())
  const client = createClient({ url: t.context.urls[0], store })
  t.teardown(() => client.close())
  t.like(await client.connect(), { reason: 'fresh' })
  const post = await client.call('post:create', { text: 'mine' })
  await client.join('post', post.id)
  client.close()

  void client.connect() // and what is asked meanwhile waits for it
  const pending = client.call('post:create', { text: 'never sent' })
  const refusal = t.throwsAsync(pending, { message: 'The session is over: signed_out' })
  await client.signOut()
  await refusal
  t.is(client.cursor(), null)

  await store.save(await bob.client.auth.tokens())
  t.like(await client.connect(), { recovered: false, reason: 'fresh' })
  t.deepEqual((await client.call('post:list', { authorId: bob.id })).items, [])
  t.is((await client.call('post:create', { text: 'as usual' })).authorId, bob.id)
})

test('a session that is ended from elsewhere gives up what waits for an answer', async t => {
  const [ada] = await t.context.cast('Ada')
  const ended = new Promise<string>(resolve => ada.client.onEnded(resolve))
  const blocked = await t.context.db.transaction()
  await blocked.raw('lock table posts in access exclusive mode')
  const refusal = t.throwsAsync(ada.call('post:create', { text: 'held up' }), { message: /The session is over/ })
  await t.context.db.raw(
    `insert into outbox (kind, name, payload, rooms, excluded)
     values ('control', 'session:closed', ?, '{}', '{}')`,
    [JSON.stringify({ userId: ada.id, sessionId: (await ada.client.auth.tokens())?.sessionId, reason: 'revoked' })],
  )
  t.is(await ended, 'revoked')
  await refusal
  await blocked.rollback()
})
