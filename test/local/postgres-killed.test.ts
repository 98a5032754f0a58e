import test from 'ava'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { endProcess, foundProcess } from '../../src/local/processes.ts'
import { temporaryFolder } from './support/folder.ts'
import { openPostgres, sql } from './support/servers.ts'

test('PostgreSQL starts again after it was killed, also when its process id is now that of another program', async t => {
  const folder = await temporaryFolder(t)
  const pidFile = path.join(folder, 'postgres/postmaster.pid')
  await openPostgres(t, folder)
  const left = await readFile(pidFile, 'utf8')
  await endProcess(foundProcess(Number.parseInt(left)), ['SIGKILL'])

  await writeFile(pidFile, left.replace(/^\d+/, String(process.pid)))
  const again = await openPostgres(t, folder)
  t.false(again.reused)
  t.deepEqual(await sql(again.ownerUrl, 'select 1 as one'), [{ one: 1 }])
})
