import test from 'ava'
import { startRedis } from '../../src/local/redis.ts'
import { temporaryFolder } from './support/folder.ts'
import { redisSource } from './support/servers.ts'

test('a Redis that was chosen but is not there is an error that names the setting', async t => {
  const dataDir = await temporaryFolder(t)
  await t.throwsAsync(startRedis({ dataDir, persistent: false, ...redisSource, binary: '/nowhere/redis-server' }), {
    message: 'REDIS_SERVER_BIN is no program: /nowhere/redis-server',
  })
})
