import test from 'ava'
import { temporaryFolder } from './support/folder.ts'
import { startAndDie } from './support/killed-starter.ts'
import { openPostgres, sql } from './support/servers.ts'

test('a careless PostgreSQL left running does not serve a start that wants durability', async t => {
  const folder = await temporaryFolder(t)
  await startAndDie('postgres', folder)

  const durable = await openPostgres(t, folder, true)
  t.false(durable.reused)
  t.deepEqual(await sql(durable.ownerUrl, 'show fsync'), [{ fsync: 'on' }])
})
