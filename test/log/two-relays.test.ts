import anyTest from 'ava'
import { logKeys } from '../../src/infra/log/keys.ts'
import { startRelay } from '../../src/infra/log/relay.ts'
import { connectRedis, subscribeRedis } from '../../src/infra/redis/connect.ts'
import { befriend } from '../friends/support/befriend.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { keepsPosting } from './support/author.ts'
import { flood } from './support/flood.ts'

const test = anyTest as WorldTest
withWorld(test)

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

test('two relays that lead at once number without a gap or a repeat, and all is heard once and in order', async t => {
  const { config, db } = t.context
  const [bob, ...friends] = await t.context.cast('Bob', 'Ada', 'Cara')
  for (const friend of friends) await befriend(friend, bob)
  const led = { entries: 0 }
  const redis = connectRedis(config.redis.url, quiet, 'second-relay')
  const bell = subscribeRedis(config.redis.url, quiet, 'second-relay')
  const relay = startRelay({
    url: config.database.url,
    redis,
    bell,
    keys: logKeys(config.redis.prefix),
    logger: quiet,
    observe: entries => (led.entries += entries),
    lock: 1,
  })
  const authors = friends.map(author => keepsPosting(author))
  for (let round = 0; round < 5; round++) {
    await flood(db, `user:${bob.id}`, 1200) // several batches for each
    await Promise.all(authors.map(author => author.writes(5)))
  }
  const written = (await Promise.all(authors.map(author => author.stop()))).flat()
  await bob.hearsAll()
  await relay[Symbol.asyncDispose]()
  for (const connection of [redis, bell]) connection.disconnect()

  t.true(led.entries > 0)
  const [log] = (await db('event_log').select(
    db.raw('count(*)::int as n, count(distinct pos)::int as positions, min(pos)::int as first, max(pos)::int as last'),
  )) as { n: number; positions: number; first: number; last: number }[]
  t.like(log, { first: 1, n: log?.last, positions: log?.last })
  t.true(bob.heard.every(({ pos }, i) => i === 0 || pos > (bob.heard[i - 1]?.pos ?? 0)))
  t.is(bob.heard.filter(({ name }) => (name as string) === 'test:flooded').length, 6000)
  const posts = bob.heard.filter(({ name }) => name === 'post:created')
  t.deepEqual(posts.map(({ payload }) => (payload as { id: string }).id).toSorted(), written.toSorted())
})
