import anyTest from 'ava'
import { signIn } from '../support/person.ts'
import { createClient, memoryStore } from '../../client/index.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a sign-in is on one’s own list, newest first, with its time, device and address', async t => {
  const [ada] = await t.context.cast('Ada')
  const before = Date.now()
  const phone = createClient({ url: t.context.urls[1], store: memoryStore() })
  const { sessionId } = await signIn(phone, ada.phone, t.context.env.SMS_ENDPOINT ?? '')

  const { items, nextCursor } = await ada.call('activity:list', {})
  t.is(nextCursor, null)
  t.deepEqual(
    items.map(({ type }) => type),
    ['login', 'login'],
  )
  t.like(items[0], { sessionId, deviceName: 'test', address: '127.0.0.1' })
  t.true(Date.parse(items[0]?.createdAt ?? '') >= before - 1000)
})

test('nobody sees what others did, and a sign-in that failed leaves nothing', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const { items } = await ada.call('activity:list', {})
  const [theirs] = (await bob.call('activity:list', {})).items
  t.is(items.length, 1)
  t.not(items[0]?.id, theirs?.id)
  const { challengeId } = await bob.client.auth.requestCode(bob.phone)
  await t.throwsAsync(bob.client.auth.signIn({ challengeId, code: '000000' }), { message: /code/i })
  t.is((await bob.call('activity:list', {})).items.length, 1)
})

test('the list goes on from month to month', async t => {
  const { cast, db } = t.context
  const [ada] = await cast('Ada')
  const earlier = [40, 75, 110].map(days => ({
    id: uuidOf(Date.now() - days * 86_400_000),
    user_id: ada.id,
    type: 'login',
    created_at: new Date(Date.now() - days * 86_400_000),
  }))
  await db('activities').insert(earlier.toReversed())
  await db.raw(`select keep_months('activities', '13 months')`)

  const found: string[] = []
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await ada.call('activity:list', { limit: 1, ...(cursor && { cursor }) })
    found.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
  }
  t.deepEqual(
    found.slice(1),
    earlier.map(({ id }) => id),
  )
  t.is(found.length, 4)
})

/** An id as it was made at that time. */
function uuidOf(ms: number): string {
  const time = ms.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`
}
