import test from 'ava'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { temporaryFolder } from './support/folder.ts'
import { startAndDie } from './support/killed-starter.ts'
import { openRedis } from './support/servers.ts'

test('a Redis whose starter was killed is found even before it has written its process id', async t => {
  const folder = await temporaryFolder(t)
  const port = await startAndDie('redis', folder)
  await rm(path.join(folder, 'redis/redis.pid'))

  const found = await openRedis(t, folder)
  t.true(found.reused)
  t.is(found.port, port)
})
