import anyTest from 'ava'
import { signUp, type Person } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { post, reasonOf, refresh, sendCode } from './support/phone.ts'

const test = anyTest as WorldTest
withWorld(test)

const isSignedIn = async (url: string, accessToken = '') =>
  (await post(url, '/v1/uploads', { contentType: 'image/png', bytes: 1 }, accessToken)).status !== 401

const endOf = ({ client }: Person) => new Promise<string>(resolve => client.onEnded(resolve))

const laptopOf = ({ name, phone }: Person, { urls, env }: World) =>
  signUp({ name, phone, url: urls[1], inbox: env.SMS_ENDPOINT ?? '' })

test('signing out everywhere ends every session, and every token of every session, on both nodes', async t => {
  const { urls, db } = t.context
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const laptop = await laptopOf(ada, t.context)
  const tokens = [await ada.client.auth.tokens(), await laptop.client.auth.tokens()]
  const ended = [endOf(ada), endOf(laptop)]
  await laptop.call('session:end_all', {})
  t.deepEqual(await Promise.all(ended), ['revoked', 'revoked'])
  for (const url of urls) for (const each of tokens) t.false(await isSignedIn(url, each?.accessToken))
  for (const each of tokens) t.is(reasonOf(await refresh(t.context, each?.refreshToken ?? '')), 'refresh')

  // A token of an earlier epoch stays worthless even for a session that lives.
  await db('sessions').where({ id: tokens[0]?.sessionId }).update({ revoked_at: null })
  t.false(await isSignedIn(urls[0], tokens[0]?.accessToken))
  t.deepEqual(await bob.hearsAll(), [])
})

test('ending all others leaves this one, and its tokens', async t => {
  const [ada] = await t.context.cast('Ada')
  const laptop = await laptopOf(ada, t.context)
  const ended = endOf(laptop)
  await ada.call('session:end_all', { others: true })
  t.is(await ended, 'revoked')
  t.is((await ada.call('session:list', {})).items.length, 1)
  const tokens = await ada.client.auth.tokens()
  t.true(await isSignedIn(t.context.urls[1], tokens?.accessToken))
  t.is(reasonOf(await refresh(t.context, tokens?.refreshToken ?? '')), 'ok')
})

test('a session can be given a name, and nobody else’s', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  t.like(await ada.call('session:rename', { name: 'Kitchen tablet' }), { name: 'Kitchen tablet', current: true })
  const [mine] = (await ada.call('session:list', {})).items
  t.is(mine?.name, 'Kitchen tablet')
  const [theirs, none] = [
    await bob.refused('session:rename', { sessionId: mine?.id as never, name: 'Mine' }),
    await bob.refused('session:rename', { sessionId: crypto.randomUUID() as never, name: 'Mine' }),
  ]
  t.deepEqual(theirs.wire, none.wire)
  t.is(theirs.code, 'not_found')
  t.is((await ada.call('session:list', {})).items[0]?.name, 'Kitchen tablet')
})

test('a session tells what its device says of itself and where it was begun', async t => {
  const [ada] = await t.context.cast('Ada')
  const [session] = (await ada.call('session:list', {})).items
  t.like(session, { name: 'test', device: {}, address: '127.0.0.1', current: true })
})

test('a device may say as much of itself as it is allowed, in any letters', async t => {
  const [ada] = await t.context.cast('Ada')
  const device = { name: '🙂'.repeat(100), model: '"'.repeat(40), system: '🙂'.repeat(40), app: '\\'.repeat(40) }
  const sent = await sendCode(t.context, ada.phone)
  t.true((await post(t.context.urls[0], '/v1/auth/verify', { ...sent, device })).ok)
  const { name, ...more } = device
  t.true((await ada.call('session:list', {})).items.some(session => session.name === name))
  t.deepEqual((await ada.call('session:list', {})).items.find(session => session.name === name)?.device, more)
  const longer = await post(t.context.urls[0], '/v1/auth/verify', { ...sent, device: { model: 'x'.repeat(41) } })
  t.like(longer, { status: 400, error: { reason: 'invalid' } })
})
