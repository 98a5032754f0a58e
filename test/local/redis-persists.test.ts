import test from 'ava'
import { temporaryFolder } from './support/folder.ts'
import { openRedis, withRedis } from './support/servers.ts'

test('Redis keeps its data between runs and never evicts', async t => {
  const folder = await temporaryFolder(t)
  const first = await openRedis(t, folder)
  await withRedis(first.url, redis => redis.set('answer', '42'))
  await first.stop()

  const second = await openRedis(t, folder)
  t.false(second.reused)
  t.is(await withRedis(second.url, redis => redis.get('answer')), '42')
  t.deepEqual(await withRedis(second.url, redis => redis.config('GET', 'maxmemory-policy')), [
    'maxmemory-policy',
    'noeviction',
  ])
})
