import anyTest from 'ava'
import { startWeb } from '../../src/main/web.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { openWire, rawRequest, signedWire, tokenOf } from './support/wire.ts'

const test = anyTest as WorldTest
withWorld(test)

test('clients that do not let go cannot keep a process from closing', async t => {
  const [ada] = await t.context.cast('Ada')
  const web = await startWeb(t.context.config)
  const url = `http://127.0.0.1:${web.port}`
  const gone = [
    rawRequest(url, 'POST /v1/auth/code HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{', { open: true }),
    rawRequest(url, 'GET / HTTP/1.1\r\nHo', { open: true }),
    rawRequest(url, '', { open: true }),
  ]
  const deaf = await signedWire(url, await tokenOf(ada))
  deaf.deafen()
  const stranger = await openWire(url)
  stranger.deafen()
  t.is((await fetch(`${url}/health/live`)).status, 200)
  const begun = performance.now()
  await web[Symbol.asyncDispose]()
  t.true(performance.now() - begun < 4000, String(performance.now() - begun))
  await Promise.all(gone)
  deaf.vanish()
  stranger.vanish()
})
