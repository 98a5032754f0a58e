import { randomUUID } from 'node:crypto'
import anyTest from 'ava'
import { signedWire, tokenOf } from '../attacks/support/wire.ts'
import { PASSWORD } from '../sessions/support/password.ts'
import { signUp, type Person } from '../support/person.ts'
import { idTokenOf } from '../support/provider.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

/** What a thief has under way, as JSON, when the owner throws them out. */
const THEFTS: Readonly<Record<string, (world: World, owner: Person) => Promise<object>>> = {
  'password:set': async () => ({ password: PASSWORD }),
  'provider:link': async world => ({ idToken: await idTokenOf(world, { uid: randomUUID() }) }),
  'account:delete': async () => ({}),
  'session:end_all': async () => ({}),
  'session:end': async (_world, { client }) => ({ sessionId: (await client.auth.tokens())?.sessionId }),
}

for (const [command, inputOf] of Object.entries(THEFTS))
  test.serial(`${command} that is under way when its session ends is refused, and changes nothing`, async t => {
    const { urls, env, db } = t.context
    const [ada] = await t.context.cast('Ada')
    const owner = await signUp({ name: 'Ada', phone: ada.phone, url: urls[1], inbox: env.SMS_ENDPOINT ?? '' })
    t.teardown(() => owner.client.close())
    const thief = await signedWire(urls[0], await tokenOf(ada))
    const input = JSON.stringify(await inputOf(t.context, owner))

    // Ada's account is held, so that both wait for it: the owner first, then the thief.
    const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
    t.teardown(letGo)
    const { promise: taken, resolve: take } = Promise.withResolvers<void>()
    const holding = db.transaction(async trx => {
      await trx('users').where({ id: ada.id }).forNoKeyUpdate()
      take()
      await held
    })
    await taken
    const thrownOut = owner.call('session:end_all', { others: true })
    await waitedFor(t.context, 1)
    const theft = thief.ask(command, input)
    await waitedFor(t.context, 2)
    letGo()
    await Promise.all([holding, thrownOut])
    const ack = await theft
    t.false(ack?.ok ?? false)
    t.deepEqual(await db('authentication').where({ user_id: ada.id }), [])
    t.like(await db('users').where({ id: ada.id }).first(), { status: 'active', token_epoch: 0 })
    t.is((await owner.call('session:list', {})).items.length, 1)
  })

/** Resolves once so many wait for a row. */
async function waitedFor({ db }: World, count: number): Promise<void> {
  for (;;) {
    const { rows } = await db.raw<{ rows: unknown[] }>(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (rows.length >= count) return
  }
}
