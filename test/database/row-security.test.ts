/** Row-level security and the rights of the runtime role, as the catalogue tells them. */
import anyTest, { type TestFn } from 'ava'
import { assertDeployable } from '../../src/infra/db/role.ts'
import { DENIED, ownedDatabase, privateTables, refusalOf, rowsOf, type OwnedDatabase } from '../support/database.ts'

const test = anyTest as TestFn<OwnedDatabase>
test.before(async t => {
  t.context = await ownedDatabase()
})
test.after.always(t => t.context[Symbol.asyncDispose]?.())

/** Tables without row-level security, each with the reason why. */
const SHARED: Readonly<Record<string, string>> = {
  users: 'found by phone before anybody is known, and their state is asked by every policy; phones are sealed',
  challenges: 'used while nobody is signed in; neither code nor link is in them and the address is sealed',
  password_guesses: 'counted while nobody is signed in; by a blind index of what was typed',
  profiles: 'shown to everybody signed in',
  released_usernames: 'asked whenever somebody wants one; nobody is told whose it was',
  friendships: 'decide what others may see, so policies ask for those of other people',
  media: 'seen with the posts they are in; policy.ts decides',
  posts: 'public, for friends or private; policy.ts decides',
  post_media: 'go with their post',
  comments: 'go with their post',
  outbox: 'the log on its way; sequenced for everybody',
  event_log: 'the log; every node reads all of it and decides by rooms',
  log_head: 'how far the log reaches',
  log_consumers: 'how far each consumer has come',
  parked_entries: 'where in the log a consumer failed; positions and names, nobody’s words',
}

/** Tables that the runtime role has no right to at all, each with the reason why. */
const CLOSED: Readonly<Record<string, string>> = {
  audit_log: 'written by triggers, read by whoever has to find out what happened',
  knex_migrations: 'knex’s own',
  knex_migrations_lock: 'knex’s own',
}

test('every table has forced row-level security with a policy, or stands on one of the lists', async t => {
  const tables = await rowsOf(
    t.context.owner,
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`,
  )
  const guarded = await privateTables(t.context.owner)
  const names = tables.map(({ name }) => name).toSorted()
  t.deepEqual(
    names.filter(name => !guarded.includes(name)),
    [...Object.keys(SHARED), ...Object.keys(CLOSED)].toSorted(),
  )
})

test('the parts of a private table are guarded by themselves', async t => {
  const parts = await rowsOf<{ name: string; guarded: boolean }>(
    t.context.owner,
    `select p.relname as name, p.relrowsecurity and p.relforcerowsecurity as guarded
     from pg_inherits join pg_class c on c.oid = inhparent join pg_class p on p.oid = inhrelid
     where c.relkind = 'p' and c.relrowsecurity`,
  )
  t.true(parts.length >= 8)
  for (const { name, guarded } of parts) t.true(guarded, name)
})

test('no policy lets the runtime role write whatever it likes, and each asks for the person once a statement', async t => {
  const policies = await rowsOf<{ name: string; cmd: string; check: string; qual: string | null }>(
    t.context.owner,
    `select tablename || '.' || policyname as name, cmd, coalesce(with_check, qual) as check, qual from pg_policies
     where schemaname = 'public' and roles && array['public', 'kith_app']::name[]`,
  )
  t.true(policies.length >= 4)
  for (const { name, check, qual } of policies) {
    for (const rule of [check, qual]) t.not(rule, 'true', name)
    t.regex(check, /\( SELECT app_user\(\)/, name)
  }
})

test('what the owner may see all of, by a policy of its own, nobody else may', async t => {
  const policies = await rowsOf<{ name: string; mine: boolean }>(
    t.context.owner,
    `select tablename || '.' || policyname as name, roles = array[current_user] as mine from pg_policies
     where schemaname = 'public' and qual = 'true'`,
  )
  t.true(policies.length > 0)
  for (const { name, mine } of policies) t.true(mine, name)
})

test('functions that act for the owner have an empty search path and are not for everybody', async t => {
  const functions = await rowsOf<{ name: string; path: boolean; open: boolean; owned: boolean }>(
    t.context.owner,
    `select p.oid::regprocedure::text as name, 'search_path=""' = any (proconfig) as path,
       exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0) as open,
       proowner = current_user::regrole as owned
     from pg_proc p where pronamespace = 'public'::regnamespace and prosecdef`,
  )
  t.true(functions.length > 0)
  for (const { name, path, open, owned } of functions)
    t.deepEqual({ path, open, owned }, { path: true, open: false, owned: true }, name)
})

test('no view reads as its owner, and nothing is granted to everybody', async t => {
  const views = `select relname as name from pg_class where relnamespace = 'public'::regnamespace
    and (relkind = 'm' or relkind = 'v' and not coalesce(reloptions @> array['security_invoker=true'], false))`
  t.deepEqual(await rowsOf(t.context.owner, views), [])
  const open = `select relname as name from pg_class, aclexplode(relacl)
    where relnamespace = 'public'::regnamespace and grantee = 0`
  t.deepEqual(await rowsOf(t.context.owner, open), [])
})

test('the runtime role is no superuser, bypasses nothing, owns nothing and belongs to nobody', async t => {
  const [role] = await rowsOf<object>(
    t.context.app,
    `select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin from pg_roles
     where rolname = current_user`,
  )
  const flags = {
    rolsuper: false,
    rolbypassrls: false,
    rolcreaterole: false,
    rolcreatedb: false,
    rolreplication: false,
  }
  t.deepEqual(role, { ...flags, rolcanlogin: true })
  t.deepEqual(
    await rowsOf(t.context.owner, `select from pg_shdepend where refobjid = 'kith_app'::regrole and deptype = 'o'`),
    [],
  )
  t.deepEqual(await rowsOf(t.context.owner, `select from pg_auth_members where member = 'kith_app'::regrole`), [])
  await t.notThrowsAsync(assertDeployable(t.context.app))
  await t.throwsAsync(assertDeployable(t.context.owner))
})

test('the runtime role has no right to a part of a table by itself, nor to what is closed to it', async t => {
  const tables = await rowsOf<{ name: string; rights: boolean }>(
    t.context.owner,
    `select relname as name, exists (select from unnest(array['select', 'insert', 'update', 'delete', 'truncate',
         'references', 'trigger']) as to_do where has_table_privilege('kith_app', c.oid, to_do))
       or has_any_column_privilege('kith_app', c.oid, 'select, insert, update, references') as rights
     from pg_class c where relnamespace = 'public'::regnamespace
       and (relispartition and relkind = 'r' or relname in ('${Object.keys(CLOSED).join("', '")}'))`,
  )
  t.true(tables.length >= 13)
  for (const { name, rights } of tables) t.false(rights, name)
})

test('the runtime role makes, changes and drops nothing', async t => {
  const { app } = t.context
  const attempts = [
    'create table mine (id int)',
    'create schema mine',
    'create function mine() returns int language sql as $$ select 1 $$',
    'create role mine',
    'create view mine as select * from sessions',
    'alter table sessions disable row level security',
    'alter table sessions no force row level security',
    'drop policy own on sessions',
    'create policy all_of_it on sessions using (true)',
    'alter table users add column mine int',
    'create index on users (status)',
    'create trigger mine before update on users for each row execute function touch_updated_at()',
    'drop table comments',
    'drop function app_user()',
    'create or replace function app_user() returns uuid language sql as $$ select null::uuid $$',
    'truncate posts',
    'delete from users',
    'update event_log set payload = payload',
    'delete from event_log',
    'alter role kith_app bypassrls',
    'set session_replication_role = replica',
    'copy (select 1) to program $$true$$',
  ]
  for (const sql of attempts) t.is(await refusalOf(app.transaction(trx => trx.raw(sql))), DENIED, sql)
  await t.throwsAsync(app.raw('set role pg_read_all_data'), { message: /permission denied/ })
  await t.throwsAsync(
    app.transaction(async trx => {
      await trx.raw('set local row_security = off')
      await trx('sessions').select()
    }),
    { message: /row-level security/ },
  )
})
