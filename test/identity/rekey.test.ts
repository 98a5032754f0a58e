import { randomBytes, randomUUID } from 'node:crypto'
import anyTest from 'ava'
import { keyUse } from '../../src/domains/identity/rekey.ts'
import { readConfig } from '../../src/main/config.ts'
import { startWeb } from '../../src/main/web.ts'
import { startWorker } from '../../src/main/worker.ts'
import { dataOf, enter, newPhone, post, sendCode, verify, type AppTokens } from '../sessions/support/phone.ts'
import { enqueue } from '../support/enqueue.ts'
import { linkSentTo } from '../support/inbox.ts'
import { newMailbox } from '../support/mailbox.ts'
import { idTokenOf } from '../support/provider.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false })

const key = () => randomBytes(32).toString('base64')
const NEW = { SEAL_KEYS: `s2:${key()}`, INDEX_KEYS: `i2:${key()}` }

/** The environment with the new keys, before the old ones or alone. */
const envOf = ({ env }: World, beside: boolean): NodeJS.ProcessEnv => ({
  ...env,
  SEAL_KEYS: beside ? `${NEW.SEAL_KEYS},${env.SEAL_KEYS}` : NEW.SEAL_KEYS,
  INDEX_KEYS: beside ? `${NEW.INDEX_KEYS},${env.INDEX_KEYS}` : NEW.INDEX_KEYS,
})

async function processes(env: NodeJS.ProcessEnv) {
  await using stack = new AsyncDisposableStack()
  stack.use(await startWorker(readConfig(env)))
  const { port } = stack.use(await startWeb(readConfig(env)))
  const url = `http://127.0.0.1:${port}`
  const parts = stack.move()
  return { urls: [url, url] as const, env, [Symbol.asyncDispose]: () => parts.disposeAsync() }
}

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
  const signIn = async (reach: Pick<World, 'urls' | 'env'>) => [
    (await enter(reach, phone)).userId,
    await startByLink(reach),
    await startByProvider(reach),
  ]

  const before = await within(await processes(env), signIn)
  t.is(new Set(before).size, 3)

  await within(await processes(envOf(t.context, true)), async changing => {
    t.deepEqual(await signIn(changing), before)
    await enqueue(t.context, 'account:rekey', { after: null })
    for (;;) {
      const use = await keyUse(db)
      if (use.every(({ kid }) => ['s2', 'i2'].includes(kid))) break
    }
    const rows = await db('authentication').whereLike('subject_index', 'i2.%').whereLike('subject_sealed', 'v1.s2.%')
    t.is(rows.length, 1)
  })

  await within(await processes(envOf(t.context, false)), async changed => {
    t.deepEqual(await signIn(changed), before)
    t.true((await verify(changed, await sendCode(changed, newPhone()))).ok)
  })
})

/** Runs `body` with what it is given, and gives it back. */
async function within<T extends AsyncDisposable, R>(given: T, body: (given: T) => Promise<R>): Promise<R> {
  await using held = given
  return await body(held)
}
