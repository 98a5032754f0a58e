import test from 'ava'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { temporaryFolder } from './support/folder.ts'
import { openPostgres } from './support/servers.ts'

test('a password file that is lost or does not fit the database is an error that names it', async t => {
  const folder = await temporaryFolder(t)
  const file = path.join(folder, 'postgres.password')
  const first = await openPostgres(t, folder)
  await first.stop()

  await writeFile(file, 'another')
  await t.throwsAsync(openPostgres(t, folder), { message: `The password in ${file} is not that of the database` })
  await rm(file)
  await t.throwsAsync(openPostgres(t, folder), {
    message: `${file} is lost; restore it, or remove ${path.join(folder, 'postgres')} to begin anew`,
  })
})
