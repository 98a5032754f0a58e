import anyTest from 'ava'
import { signUp, type Person } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { enter, post, reasonOf, refresh } from './support/phone.ts'

const test = anyTest as WorldTest
withWorld(test)

const isSignedIn = async (url: string, accessToken: string) =>
  (await post(url, '/v1/uploads', { contentType: 'image/png', bytes: 1 }, accessToken)).status !== 401

const endOf = ({ client }: Person) => new Promise<string>(resolve => client.onEnded(resolve))

const laptopOf = ({ name, phone }: Person, { urls, env }: World) =>
  signUp({ name, phone, url: urls[1], inbox: env.SMS_ENDPOINT ?? '' })

test('signing out closes the socket and makes the tokens worthless on both nodes', async t => {
  const [ada] = await t.context.cast('Ada')
  const tokens = await ada.client.auth.tokens()
  const ended = endOf(ada)
  const answer = await post(t.context.urls[1], '/v1/auth/sign-out', {}, tokens?.accessToken)
  t.true(answer.ok)
  t.is(await ended, 'signed_out')
  for (const url of t.context.urls) t.false(await isSignedIn(url, tokens?.accessToken ?? ''))
  for (const node of [0, 1] as const)
    t.is(reasonOf(await refresh(t.context, tokens?.refreshToken ?? '', node)), 'refresh')
})

test('signing out on one device leaves the others signed in', async t => {
  const [ada] = await t.context.cast('Ada')
  const laptop = await laptopOf(ada, t.context)
  t.teardown(() => laptop.client.close())
  const ended = endOf(laptop)
  await laptop.call('session:end', {})
  t.is(await ended, 'signed_out')
  t.deepEqual(await ada.hearsAll(), [])
})

test('a person ends another of their own sessions from afar', async t => {
  const [ada] = await t.context.cast('Ada')
  const laptop = await laptopOf(ada, t.context)
  const ended = endOf(laptop)
  const other = (await ada.call('session:list', {})).items.find(({ current }) => !current)
  await ada.call('session:end', { sessionId: other?.id as never })
  t.is(await ended, 'revoked')
  t.is((await ada.refused('session:end', { sessionId: other?.id as never })).reason, 'session')
})

test('the list shows a person their own sessions, and which one is this', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const laptop = await laptopOf(ada, t.context)
  t.teardown(() => laptop.client.close())
  const { items } = await ada.call('session:list', {})
  const mine = [await ada.client.auth.tokens(), await laptop.client.auth.tokens()].flatMap(
    tokens => tokens?.sessionId ?? [],
  )
  t.deepEqual(items.map(({ id }) => String(id)).toSorted(), mine.map(String).toSorted())
  t.is(items.find(({ current }) => current)?.id, mine[0])
  t.is((await bob.call('session:list', {})).items.length, 1)
})

test('another person’s session is not found, like one that never was, and lives on', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const tokens = await ada.client.auth.tokens()
  const [theirs, none] = [
    await bob.refused('session:end', { sessionId: tokens?.sessionId as never }),
    await bob.refused('session:end', { sessionId: crypto.randomUUID() as never }),
  ]
  t.deepEqual(theirs.wire, none.wire)
  t.is(theirs.code, 'not_found')
  t.deepEqual(await ada.hearsAll(), [])
})

test('the eleventh sign-in ends the session that was used longest ago', async t => {
  const [ada] = await t.context.cast('Ada')
  const ended = endOf(ada)
  const { db } = t.context
  // Nine more sessions, which need no phone to be there.
  const now = Date.now()
  for (let n = 1; n <= 9; n++)
    await db('sessions').insert({
      user_id: ada.id,
      refresh_hash: Buffer.alloc(32, n),
      last_used_at: new Date(now + n * 1000),
      expires_at: new Date(now + 86_400_000),
    })
  await enter(t.context, ada.phone)
  t.is(await ended, 'revoked')
  t.is((await db('sessions').where({ user_id: ada.id, revoked_at: null })).length, 10)
})
