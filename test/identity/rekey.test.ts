import { randomUUID } from 'node:crypto'
import anyTest from 'ava'
import { createClient } from '../../client/index.ts'
import { assertKeysKnown, keyUse } from '../../src/domains/identity/rekey.ts'
import { connectDb } from '../../src/infra/db/connect.ts'
import { dataOf, enter, newPhone, post, sendCode, verify, type AppTokens } from '../sessions/support/phone.ts'
import { enqueue } from '../support/enqueue.ts'
import { codeSentTo, linkSentTo } from '../support/inbox.ts'
import { newMailbox } from '../support/mailbox.ts'
import { signIn } from '../support/person.ts'
import { idTokenOf } from '../support/provider.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { newRings, withProcesses } from './support/rings.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false })

test('all that is kept under old keys is found while they are changed, and after they are gone', async t => {
  const { env, db } = t.context
  const [phone, email, uid] = [newPhone(), newMailbox(), randomUUID()]
  const startByLink = async (reach: Pick<World, 'urls' | 'env'>) => {
    const ask = async () => dataOf(await post(reach.urls[0], '/v1/auth/link', { email }))
    const [, token] = await linkSentTo(reach, email, ask)
    return dataOf(await post<AppTokens>(reach.urls[0], '/v1/auth/link/open', { token })).userId
  }
  const startByProvider = async ({ urls }: Pick<World, 'urls'>) =>
    dataOf(
      await post<AppTokens>(urls[0], '/v1/auth/provider', {
        idToken: await idTokenOf({ env }, { uid, email: `x${email}` }),
      }),
    ).userId
  const signAllIn = async (reach: Pick<World, 'urls' | 'env'>) => [
    (await enter(reach, phone)).userId,
    await startByLink(reach),
    await startByProvider(reach),
  ]

  const other = newPhone()
  const before = await withProcesses(env, async reach => {
    const people = await signAllIn(reach)
    await changePhone(reach, phone, other)
    return people
  })
  t.is(new Set(before).size, 3)

  await withProcesses(newRings(t.context, 'kept'), async changing => {
    t.deepEqual(await signAllIn(changing), before)
    await enqueue(t.context, 'account:rekey', { after: null })
    for (;;) {
      const use = await keyUse(db)
      if (use.every(({ kid }) => ['s2', 'i2'].includes(kid))) break
    }
    const rows = await db('authentication').whereLike('subject_index', 'i2.%').whereLike('subject_sealed', 'v1.s2.%')
    t.is(rows.length, 1)
    t.is((await db('contact_changes').whereLike('sealed', 'v1.s2.%')).length, 1)
  })

  const asServer = connectDb({ url: env.DATABASE_URL ?? '', poolSize: 1, name: 'test' })
  t.teardown(() => asServer.destroy())
  const gone = { seal: ['s1'], index: ['i1'] }
  await t.throwsAsync(assertKeysKnown(asServer, gone), { message: /SEAL_KEYS must have the key 's2'/ })
  await t.throwsAsync(assertKeysKnown(asServer, { ...gone, seal: ['s2'] }), {
    message: /INDEX_KEYS must have the key 'i2'/,
  })
  await t.notThrowsAsync(assertKeysKnown(asServer, { seal: ['s1', 's2'], index: ['i2'] }))

  await withProcesses(newRings(t.context, 'removed'), async changed => {
    t.deepEqual(await signAllIn(changed), before)
    await db('contact_changes').update({ due_at: new Date(Date.now() - 1) })
    await enqueue(t.context, 'account:apply_changes', {})
    while ((await db('contact_changes')).length > 0);
    t.deepEqual([(await enter(changed, other)).userId], before.slice(0, 1))
    t.true((await verify(changed, await sendCode(changed, newPhone()))).ok)
  })
})

/** Asks for another phone, as its owner; it is theirs a day later. */
async function changePhone({ urls, env }: Pick<World, 'urls' | 'env'>, phone: string, other: string): Promise<void> {
  const client = createClient({ url: urls[0] })
  await signIn(client, phone, env.SMS_ENDPOINT ?? '')
  await client.connect()
  const ask = () => client.call('phone:change', { phone: other })
  const [{ challengeId }, code] = await codeSentTo({ env }, other, ask)
  await client.call('phone:confirm', { challengeId, code })
  client.close()
}
