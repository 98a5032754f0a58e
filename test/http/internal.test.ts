import anyTest from 'ava'
import { startWeb } from '../../src/main/web.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('metrics are served on the internal port only', async t => {
  await using web = await startWeb(t.context.config)
  const inside = await fetch(`http://127.0.0.1:${web.internalPort}/metrics`)
  t.is(inside.status, 200)
  t.regex(await inside.text(), /^kith_sockets\{/m)
  t.is((await fetch(`http://127.0.0.1:${web.port}/metrics`)).status, 404)
  t.is((await fetch(`http://127.0.0.1:${web.internalPort}/elsewhere`)).status, 404)
})
