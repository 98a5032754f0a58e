import anyTest from 'ava'
import { createClient } from '../../client/index.ts'
import { newMailbox, requestLink, signUpByMail } from '../support/mailbox.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { post, reasonOf, type AppTokens } from './support/phone.ts'

const test = anyTest as WorldTest
withWorld(test)

const open = ({ urls }: World, token: string, node: 0 | 1 = 0) =>
  post<AppTokens>(urls[node], '/v1/auth/link/open', { token })

const send = (world: World, email: string, spelling = email) =>
  requestLink(world, createClient({ url: world.urls[0] }), email, spelling)

test('a link sent to a mailbox makes an account the first time, and finds it again however it is spelled', async t => {
  const email = newMailbox()
  const ada = await signUpByMail(t.context, 'Ada', email)
  t.teardown(() => ada.client.close())
  t.like(await ada.call('account:get', {}), { phone: null, email, hasPassword: false })
  const again = await open(t.context, await send(t.context, email, ` ${email.toUpperCase()}`), 1)
  t.like(again, { ok: true, data: { userId: ada.id } })
})

test('a link is good once, also when two devices open it at the same time', async t => {
  const token = await send(t.context, newMailbox())
  const both = await Promise.all([open(t.context, token, 0), open(t.context, token, 1)])
  t.deepEqual(both.map(reasonOf).toSorted(), ['link_over', 'ok'])
  t.like(await open(t.context, token), { status: 401, error: { reason: 'link_over' } })
})

test('a link that is forged, of another challenge, replaced or too old is like one that never was', async t => {
  const { db } = t.context
  const email = newMailbox()
  const first = await send(t.context, email)
  const second = await send(t.context, email)
  const other = await send(t.context, newMailbox())
  const [, id = '', proof = ''] = second.split('.')
  const forged = [
    `lt1.${id}.${'A'.repeat(43)}`,
    `lt1.${other.split('.')[1]}.${proof}`,
    `lt1.${crypto.randomUUID()}.${proof}`,
    first,
  ]
  await db('challenges')
    .where({ id: other.split('.')[1] })
    .update({ expires_at: new Date(Date.now() - 1) })
  const refused = await Promise.all([...forged, other].map(token => open(t.context, token)))
  for (const answer of refused) t.deepEqual({ ...answer, meta: null }, { ...refused[0], meta: null })
  t.like(refused[0], { status: 401, error: { reason: 'link_over' } })
  t.true((await open(t.context, second)).ok)
})

test.serial('what is no e-mail address is refused by its name, and nothing is kept', async t => {
  const before = await t.context.db('challenges').count()
  for (const email of ['', 'ada', 'ada@', 'ada@example', 'a b@example.com', 'ada@example.com\nBcc: bob@example.com']) {
    const answer = await post(t.context.urls[0], '/v1/auth/link', { email })
    t.like(answer, { status: 400, error: { code: 'bad_request' } }, email)
    if (!answer.ok) t.deepEqual(Object.keys(answer.error.fields ?? {}), ['email'])
  }
  t.deepEqual(await t.context.db('challenges').count(), before)
})
