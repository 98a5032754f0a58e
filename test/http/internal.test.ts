import anyTest from 'ava'
import { startWeb } from '../../src/main/web.ts'
import { openWire, signedWire, tokenOf } from '../attacks/support/wire.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { LIMIT_SCALE: '1' } })

test('metrics are served on the internal port only', async t => {
  await using web = await startWeb(t.context.config)
  const inside = await fetch(`http://127.0.0.1:${web.internalPort}/metrics`)
  t.is(inside.status, 200)
  t.regex(await inside.text(), /^kith_sockets\{/m)
  t.is((await fetch(`http://127.0.0.1:${web.port}/metrics`)).status, 404)
  t.is((await fetch(`http://127.0.0.1:${web.internalPort}/elsewhere`)).status, 404)
})

test('sockets are measured: how they joined and how long it took, who waits, and what was refused', async t => {
  const [ada] = await t.context.cast('Ada')
  await using web = await startWeb(t.context.config)
  const metrics = async () => (await fetch(`http://127.0.0.1:${web.internalPort}/metrics`)).text()
  const url = `http://127.0.0.1:${web.port}`
  const wire = await signedWire(url, await tokenOf(ada))
  await wire.frame('42["log:ready"')
  await t.throwsAsync(openWire(url, { origin: 'http://evil.example' }))
  for (let i = 0; i < 80; i++) void wire.ask('profile:get', `{"userId":"${ada.id}"}`)
  await wire.several('43', 60)
  const text = await metrics()
  for (const line of [
    /^kith_joins_total\{outcome="fresh",role="web"\} 1$/m,
    /^kith_join_seconds_count\S* 1$/m,
    /^kith_joins_waiting\S* 0$/m,
    /^kith_connections\S* 1$/m,
    /^kith_socket_refusals_total\{what="origin",role="web"\} 1$/m,
    /^kith_socket_refusals_total\{what="packet",role="web"\} \d+$/m,
  ])
    t.regex(text, line)
  wire.vanish()
})
