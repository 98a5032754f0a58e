import test from 'ava'
import { temporaryFolder } from './support/folder.ts'
import { startAndDie } from './support/killed-starter.ts'
import { openPostgres, sql } from './support/servers.ts'

test('a PostgreSQL whose starter was killed is found, reused and stopped', async t => {
  const folder = await temporaryFolder(t)
  const port = await startAndDie('postgres', folder)

  const found = await openPostgres(t, folder)
  t.true(found.reused)
  t.is(found.port, port)
  t.deepEqual(await sql(found.ownerUrl, 'select 1 as one'), [{ one: 1 }])

  await found.stop()
  await t.throwsAsync(sql(found.ownerUrl, 'select 1'), { code: 'ECONNREFUSED' })
})
