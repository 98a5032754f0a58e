import anyTest from 'ava'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { dataOf, enter, newPhone, post, reasonOf, refresh } from './support/phone.ts'

const test = anyTest as WorldTest
withWorld(test)

/** As if the last exchange had been this long ago. */
const age = ({ db }: World, id: string, seconds: number) =>
  db('sessions')
    .where({ id })
    .update({ rotated_at: new Date(Date.now() - seconds * 1000) })

const isSignedIn = async ({ urls }: World, accessToken: string) =>
  (await post(urls[1], '/v1/uploads', { contentType: 'image/png', bytes: 1 }, accessToken)).status !== 401

test('a refresh token is exchanged for a new one, which is exchanged in turn', async t => {
  const first = await enter(t.context, newPhone())
  const second = dataOf(await refresh(t.context, first.refreshToken, 1))
  t.like(second, { userId: first.userId, sessionId: first.sessionId })
  t.not(second.refreshToken, first.refreshToken)
  const third = dataOf(await refresh(t.context, second.refreshToken))
  t.true(await isSignedIn(t.context, third.accessToken))
})

test('a client that never got the answer asks again and gets the same successor', async t => {
  const { refreshToken } = await enter(t.context, newPhone())
  const answers = [await refresh(t.context, refreshToken, 0), await refresh(t.context, refreshToken, 1)]
  const [one, other] = answers.map(answer => dataOf(answer).refreshToken)
  t.is(one, other)
})

test('twenty exchanges of one token at once, on two nodes, make one lineage', async t => {
  const { refreshToken, sessionId } = await enter(t.context, newPhone())
  const all = Array.from({ length: 20 }, (_, i) => refresh(t.context, refreshToken, i % 2 === 0 ? 0 : 1))
  const successors = new Set((await Promise.all(all)).map(answer => dataOf(answer).refreshToken))
  t.is(successors.size, 1)
  t.is((await t.context.db('sessions').where({ id: sessionId, revoked_at: null })).length, 1)
})

for (const generations of [1, 2, 40])
  test(`a token used again ${generations} exchanges later ends the session and closes its sockets`, async t => {
    const [ada] = await t.context.cast('Ada')
    const tokens = await ada.client.auth.tokens()
    const ended = new Promise<string>(resolve => ada.client.onEnded(resolve))
    let newest = tokens?.refreshToken ?? ''
    for (let n = 0; n < generations; n++) newest = dataOf(await refresh(t.context, newest)).refreshToken
    await age(t.context, tokens?.sessionId ?? '', 11)

    t.like(await refresh(t.context, tokens?.refreshToken ?? ''), {
      status: 401,
      error: { code: 'unauthenticated', reason: 'refresh_reused' },
    })
    t.is(await ended, 'reused')
    t.is(reasonOf(await refresh(t.context, newest, 1)), 'refresh')
    t.false(await isSignedIn(t.context, tokens?.accessToken ?? ''))
  })

test('a secret that never belonged to a session neither opens nor ends it', async t => {
  const ada = await enter(t.context, newPhone())
  const bob = await enter(t.context, newPhone())
  const secretOf = (token: string) => token.split('.').at(-1)
  const forged = `rt1.${ada.userId}.${ada.sessionId}.${secretOf(bob.refreshToken)}`
  const misplaced = `rt1.${bob.userId}.${ada.sessionId}.${secretOf(ada.refreshToken)}`
  const unknown = `rt1.${ada.userId}.${crypto.randomUUID()}.${secretOf(ada.refreshToken)}`
  for (const token of [forged, misplaced, unknown]) t.is(reasonOf(await refresh(t.context, token)), 'refresh')
  t.is(reasonOf(await refresh(t.context, ada.refreshToken)), 'ok')
})

test('what is no refresh token is refused as malformed', async t => {
  const { refreshToken } = await enter(t.context, newPhone())
  for (const token of ['', 'x', refreshToken.slice(0, -1), `${refreshToken}A`, refreshToken.replace('rt1', 'rt2')])
    t.is(reasonOf(await refresh(t.context, token)), 'invalid')
})

const endings = {
  'idle for thirty days': { last_used_at: new Date(Date.now() - 30.1 * 86_400_000) },
  'ninety days old': { expires_at: new Date(Date.now() - 1) },
  revoked: { revoked_at: new Date() },
}
for (const [state, change] of Object.entries(endings))
  test(`a session that is ${state} is refreshed no more, and its access token is not good`, async t => {
    const tokens = await enter(t.context, newPhone())
    await t.context.db('sessions').where({ id: tokens.sessionId }).update(change)
    t.is(reasonOf(await refresh(t.context, tokens.refreshToken)), 'refresh')
    t.false(await isSignedIn(t.context, tokens.accessToken))
  })

test('a suspended person is refreshed no more, and their access token is not good', async t => {
  const tokens = await enter(t.context, newPhone())
  await t.context.db('users').where({ id: tokens.userId }).update({ status: 'suspended' })
  t.is(reasonOf(await refresh(t.context, tokens.refreshToken)), 'refresh')
  t.false(await isSignedIn(t.context, tokens.accessToken))
})

test('refresh tokens are stored as hashes only', async t => {
  const first = await enter(t.context, newPhone())
  const second = dataOf(await refresh(t.context, first.refreshToken))
  const row = JSON.stringify(await t.context.db('sessions').where({ id: first.sessionId }).first())
  for (const { refreshToken } of [first, second]) t.false(row.includes(refreshToken.split('.').at(-1) ?? ''))
})
