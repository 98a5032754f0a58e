import test from 'ava'
import { temporaryFolder } from './support/folder.ts'
import { openPostgres, sql } from './support/servers.ts'

test('PostgreSQL keeps its data, password and settings between runs', async t => {
  const folder = await temporaryFolder(t)
  const first = await openPostgres(t, folder)
  await sql(first.ownerUrl, 'create table notes as select 42 as answer')
  await first.stop()

  const second = await openPostgres(t, folder)
  t.false(second.reused)
  t.is(second.password, first.password)
  t.deepEqual(await sql(second.ownerUrl, 'select answer from notes'), [{ answer: 42 }])
  t.deepEqual(await sql(second.ownerUrl, 'show server_encoding'), [{ server_encoding: 'UTF8' }])
})
