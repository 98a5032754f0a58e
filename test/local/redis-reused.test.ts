import test from 'ava'
import { connect } from 'node:net'
import { once } from 'node:events'
import { temporaryFolder } from './support/folder.ts'
import { startAndDie } from './support/killed-starter.ts'
import { openRedis, withRedis } from './support/servers.ts'

test('a Redis whose starter was killed is found, reused and stopped', async t => {
  const folder = await temporaryFolder(t)
  const port = await startAndDie('redis', folder)

  const found = await openRedis(t, folder)
  t.true(found.reused)
  t.is(found.port, port)
  t.is(await withRedis(found.url, redis => redis.ping()), 'PONG')

  await found.stop()
  await t.throwsAsync(once(connect(port, '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' })
})
