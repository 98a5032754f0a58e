import anyTest from 'ava'
import { logKeys } from '../../src/infra/log/keys.ts'
import { startRelay } from '../../src/infra/log/relay.ts'
import { connectRedis, subscribeRedis } from '../../src/infra/redis/connect.ts'
import type { Config } from '../../src/main/config.ts'
import { befriend } from '../friends/support/befriend.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { keepsPosting } from './support/author.ts'
import { flood } from './support/flood.ts'
import { tracesOf } from './support/traces.ts'

const test = anyTest as WorldTest
withWorld(test)

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A relay that leads beside the one that leads already. */
function leadBeside({ redis: { url, prefix }, database }: Config) {
  const led = { entries: 0 }
  const redis = connectRedis(url, quiet, 'second-relay')
  const bell = subscribeRedis(url, quiet, 'second-relay')
  const relay = startRelay({
    url: database.url,
    redis,
    bell,
    keys: logKeys(prefix),
    logger: quiet,
    observe: entries => (led.entries += entries),
    lock: 1,
  })
  return {
    led,
    async [Symbol.asyncDispose]() {
      await relay[Symbol.asyncDispose]()
      for (const connection of [redis, bell]) connection.disconnect()
    },
  }
}

test.serial(
  'two relays that lead at once number without a gap or a repeat, and all is heard once and in order',
  async t => {
    const { config, db } = t.context
    const [bob, ...friends] = await t.context.cast('Bob', 'Ada', 'Cara')
    for (const friend of friends) await befriend(friend, bob)
    await using second = leadBeside(config)
    const authors = friends.map(author => keepsPosting(author))
    for (let round = 0; round < 5; round++) {
      await flood(db, `user:${bob.id}`, 1200) // several batches for each
      await Promise.all(authors.map(author => author.writes(5)))
    }
    const written = (await Promise.all(authors.map(author => author.stop()))).flat()
    await bob.hearsAll()

    t.true(second.led.entries > 0)
    const [log] = (await db('event_log').select(
      db.raw(
        'count(*)::int as n, count(distinct pos)::int as positions, min(pos)::int as first, max(pos)::int as last',
      ),
    )) as { n: number; positions: number; first: number; last: number }[]
    t.like(log, { first: 1, n: log?.last, positions: log?.last })
    t.true(bob.heard.every(({ pos }, i) => i === 0 || pos > (bob.heard[i - 1]?.pos ?? 0)))
    t.is(bob.heard.filter(({ name }) => (name as string) === 'test:flooded').length, 6000)
    const posts = bob.heard.filter(({ name }) => name === 'post:created')
    t.deepEqual(posts.map(({ payload }) => (payload as { id: string }).id).toSorted(), written.toSorted())
  },
)

test.serial('what is posted and deleted while two lead leaves no trace', async t => {
  const [bob, ...friends] = await t.context.cast('Bob', 'Ada', 'Cara')
  for (const friend of friends) await befriend(friend, bob)
  await using second = leadBeside(t.context.config)
  const secret = `secret ${crypto.randomUUID()}`
  const deleted = await Promise.all(
    friends.map(async friend => {
      const ids: string[] = []
      for (let i = 0; i < 30; i++) {
        const { id } = await friend.call('post:create', { text: secret })
        await friend.call('comment:create', { postId: id, text: secret })
        await friend.call('post:delete', { postId: id })
        ids.push(id)
      }
      return ids
    }),
  )
  await flood(t.context.db, `user:${bob.id}`, 1200) // so that the second leads some of it
  await bob.hearsAll()
  t.true(second.led.entries > 0)
  const told = bob.heard
    .filter(({ name }) => name === 'post:deleted')
    .map(({ payload }) => (payload as { id: string }).id)
  t.deepEqual(told.toSorted(), deleted.flat().toSorted())
  t.true(bob.heard.every(({ pos }, i) => i === 0 || pos > (bob.heard[i - 1]?.pos ?? 0)))
  t.deepEqual(await tracesOf(t.context, secret), [])
})
