import anyTest, { type TestFn } from 'ava'
import knex, { type Knex } from 'knex'
import { enter } from '../../src/infra/db/scope.ts'
import { migrations } from '../../src/infra/db/release.ts'
import { emptyDatabase, ownedDatabase, releaseInTurn, rowsOf } from '../support/database.ts'

const test = anyTest as TestFn<{ db: Knex; url: string; drop(): Promise<void> }>

test.beforeEach(async t => {
  const { url, drop } = await emptyDatabase()
  t.context = { db: knex({ client: 'pg', connection: url, migrations }), url, drop }
})
test.afterEach.always(async t => {
  await t.context.db.destroy()
  await t.context.drop()
})

/** Everything a migration can make, by what it is called; the partitions of the log are named for the day. */
const CATALOGUE = {
  relations: `select c.relname as name, c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
      c.reloptions, c.relacl, pg_get_partkeydef(c.oid) as partitioned_by
    from pg_class c where c.relnamespace = 'public'::regnamespace and not c.relispartition`,
  columns: `select table_name || '.' || column_name as name,
      rank() over (partition by table_name order by ordinal_position) as position, data_type, udt_name, is_nullable,
      column_default, is_identity, identity_generation, is_generated, generation_expression
    from information_schema.columns join pg_class c on c.oid = format('public.%I', table_name)::regclass
    where table_schema = 'public' and not c.relispartition`,
  columnRights: `select a.attrelid::regclass || '.' || a.attname as name, a.attacl
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = 'public'::regnamespace and not c.relispartition and a.attacl is not null`,
  indexes: `select i.indexname as name, i.indexdef from pg_indexes i join pg_class c on c.relname = i.tablename
    where i.schemaname = 'public' and c.relnamespace = 'public'::regnamespace and not c.relispartition`,
  constraints: `select n.conrelid::regclass || '.' || n.conname as name, pg_get_constraintdef(n.oid) as rule
    from pg_constraint n left join pg_class c on c.oid = n.conrelid
    where n.connamespace = 'public'::regnamespace and c.relispartition is not true`,
  policies: `select tablename || '.' || policyname as name, permissive, roles, cmd, qual, with_check
    from pg_policies where schemaname = 'public'`,
  functions: `select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as body, p.proacl
    from pg_proc p where p.pronamespace = 'public'::regnamespace`,
  triggers: `select t.tgrelid::regclass || '.' || t.tgname as name, pg_get_triggerdef(t.oid) as rule
    from pg_trigger t join pg_class c on c.oid = t.tgrelid where not t.tgisinternal and not c.relispartition`,
  types: `select t.typname as name, t.typtype from pg_type t
    where t.typnamespace = 'public'::regnamespace and t.typtype in ('e', 'd', 'r')`,
  schema: `select nspname as name, nspacl from pg_namespace where nspname !~ '^pg_(toast|temp)' and oid > 16384
      or nspname = 'public'`,
  extensions: `select extname as name from pg_extension`,
}
type Catalogue = Record<string, Record<string, unknown>[]>

async function catalogueOf(db: Knex): Promise<Catalogue> {
  const found: Catalogue = {}
  for (const [what, sql] of Object.entries(CATALOGUE)) {
    const { rows } = await db.raw<{ rows: Record<string, unknown>[] }>(`select * from (${sql}) found order by name`)
    found[what] = rows.filter(({ name }) => !String(name).startsWith('knex_migrations'))
  }
  return found
}

/** What migrations made. The right of kith_app to look into the schema is not taken back: the role outlives them. */
const madeIn = (found: Catalogue): Catalogue =>
  Object.fromEntries(
    Object.keys(CATALOGUE)
      .filter(what => what !== 'schema' && what !== 'extensions')
      .map(what => [what, found[what] ?? []]),
  )

const pending = async (db: Knex) => ((await db.migrate.list()) as [unknown[], unknown[]])[1].length

test('every migration goes up, down and up again, and leaves what it made and nothing else', async t => {
  const { db } = t.context
  const steps = await pending(db)
  t.true(steps >= 9)
  for (let step = 0; step < steps; step++) {
    const before = await catalogueOf(db)
    const [, [name]] = (await db.migrate.up()) as [number, [string]]
    const after = await catalogueOf(db)
    t.notDeepEqual(after, before, `${name} makes nothing`)
    await db.migrate.down()
    t.deepEqual(madeIn(await catalogueOf(db)), madeIn(before), `${name} does not go down whole`)
    await db.migrate.up()
    t.deepEqual(await catalogueOf(db), after, `${name} does not come up the same again`)
  }
})

test('all of them together go down to nothing and come up the same', async t => {
  const { db } = t.context
  await db.migrate.latest()
  const whole = await catalogueOf(db)
  t.true((whole.policies ?? []).length > 0 && (whole.functions ?? []).length > 0)
  await db.migrate.rollback(undefined, true)
  t.deepEqual(madeIn(await catalogueOf(db)), madeIn({}))
  await db.migrate.latest()
  t.deepEqual(await catalogueOf(db), whole)
})

test('of sessions that were there before proofs were dated none counts as proven lately', async t => {
  const { db } = t.context
  const upTo = async (name: string) => {
    for (let made = ''; !made.startsWith(name);) [, [made]] = (await db.migrate.up()) as [number, [string]]
  }
  await upTo('20261126090000')
  const [person] = await db('users')
    .insert({ phone_sealed: 'sealed', phone_index: 'i1.index' })
    .returning<{ id: string }[]>('id')
  await db('sessions').insert({ user_id: person?.id, refresh_hash: Buffer.from(''), expires_at: new Date() })
  await upTo('20261126090100')
  t.deepEqual(await db('sessions').select('authenticated_at'), [{ authenticated_at: new Date(0) }])
})

test('a release may be repeated', async t => {
  const { db, url } = t.context
  const appUrl = process.env.KITH_TEST_DATABASE_PASSWORD ?? ''
  const app = Object.assign(new URL(url), { username: 'kith_app', password: appUrl }).href
  await releaseInTurn(url, app)
  const once = await catalogueOf(db)
  await releaseInTurn(url, app)
  t.deepEqual(await catalogueOf(db), once)
})

test('every constraint has a name a human gave it', async t => {
  const { db } = t.context
  await db.migrate.latest()
  const { constraints = [] } = await catalogueOf(db)
  const named = constraints.map(({ name }) => String(name).replaceAll('"', '').split('.')[1] ?? '')
  const given = /^(ck|fk|uq)_|_(pkey|not_null)$/
  t.deepEqual(
    named.filter(name => !given.test(name)),
    [],
  )
})

test('an owner who is no superuser can release, and what acts for the owner passes its own policies', async t => {
  await using database = await ownedDatabase()
  const { ownerUrl, appUrl, app } = database
  const person = crypto.randomUUID()
  await app.transaction(async trx => {
    await enter(trx, person)
    const row = { userId: person, clientId: crypto.randomUUID(), digest: Buffer.from(''), ack: '{}' }
    await trx('rememberedAcks').insert(row)
  })
  await app.transaction(trx => trx.raw(`select keep_event_log('24 hours')`))
  const swept = await app.transaction(trx => rowsOf(trx, `select sweep_remembered_acks('-1 hour') as swept`))
  t.deepEqual(swept, [{ swept: 1 }])
  await t.notThrowsAsync(releaseInTurn(ownerUrl, appUrl))
})
