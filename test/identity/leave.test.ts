import anyTest from 'ava'
import { befriend } from '../friends/support/befriend.ts'
import { post, reasonOf, refresh, sendCode, verify } from '../sessions/support/phone.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const endOf = ({ client }: Person) => new Promise<string>(resolve => client.onEnded(resolve))

for (const [command, status] of [
  ['account:deactivate', 'deactivated'],
  ['account:delete', 'deleted'],
] as const)
  test(`after ${command} nobody finds the person, and nothing they hold is good`, async t => {
    const { urls } = t.context
    const [ada, bob, eve] = await t.context.cast('Ada', 'Bob', 'Eve')
    await befriend(ada, bob)
    const { id: postId } = await ada.call('post:create', { text: 'Hello', visibility: 'friends' })
    await bob.next('post:created')
    const tokens = await ada.client.auth.tokens()
    const ended = endOf(ada)
    await ada.call(command, {})
    t.is(await ended, status)

    for (const person of [bob, eve]) {
      const gone = await person.refused('profile:get', { userId: ada.id })
      t.deepEqual(gone.wire, (await person.refused('profile:get', { userId: crypto.randomUUID() as never })).wire)
    }
    t.is((await bob.refused('post:get', { postId })).code, 'not_found')
    t.deepEqual((await bob.call('friend:list', {})).items, [])
    for (const node of [0, 1] as const) {
      t.is(reasonOf(await refresh(t.context, tokens?.refreshToken ?? '', node)), 'refresh')
      const upload = await post(urls[node], '/v1/uploads', { contentType: 'image/png', bytes: 1 }, tokens?.accessToken)
      t.is(upload.status, 401)
    }
  })

test('who signs in again has a deactivated account back as it was', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  await ada.call('account:deactivate', {})
  const signed = await verify(t.context, await sendCode(t.context, ada.phone))
  t.like(signed, { ok: true, data: { userId: ada.id } })
  t.like(await bob.call('profile:get', { userId: ada.id }), { displayName: 'Ada' })
  t.is((await bob.call('friend:list', {})).items.length, 1)
})

test('who signs in to a deleted account is refused, and its phone makes no second one', async t => {
  const [ada] = await t.context.cast('Ada')
  await ada.call('account:delete', {})
  const sent = await sendCode(t.context, ada.phone)
  t.like(await verify(t.context, sent), { status: 403, error: { reason: 'account_closed' } })
  t.is(reasonOf(await verify(t.context, sent)), 'code_over')
  t.like(await t.context.db('users').where({ id: ada.id }).first(), { status: 'deleted' })
})

test('an account that staff prepared is active once its owner signs in', async t => {
  const [ada] = await t.context.cast('Ada')
  await t.context.db('users').where({ id: ada.id }).update({ status: 'pending' })
  t.true((await verify(t.context, await sendCode(t.context, ada.phone))).ok)
  t.like(await t.context.db('users').where({ id: ada.id }).first(), { status: 'active' })
})
