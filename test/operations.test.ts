import { readFileSync } from 'node:fs'
import test from 'ava'
import { startWeb } from '../src/main/web.ts'
import { startWorker } from '../src/main/worker.ts'
import { readConfig } from '../src/main/config.ts'
import { freshEnvironment } from './support/world.ts'

test('whatever the page on operations tells to watch is measured', async t => {
  const { env, drop } = await freshEnvironment()
  t.teardown(drop)
  const config = readConfig(env)
  await using web = await startWeb(config)
  await using worker = await startWorker(config)
  const pages = await Promise.all(
    [web, worker].map(async ({ internalPort }) => (await fetch(`http://127.0.0.1:${internalPort}/metrics`)).text()),
  )
  const measured = new Set(pages.join('\n').match(/(?<=^# TYPE )kith_\w+/gm))
  const told = new Set(readFileSync('docs/operations.md', 'utf8').match(/kith_\w+/g))
  t.true(told.size > 15)
  t.deepEqual(
    [...told].filter(name => !measured.has(name)),
    [],
  )
  t.deepEqual(
    [...measured].filter(name => !told.has(name)),
    [],
  )
})
