import anyTest from 'ava'
import { seed } from '../../seeds/demo.ts'
import { comments, firstUserId, media, notifications, posts, users } from '../../seeds/rows.ts'
import { createClient, memoryStore } from '../../client/index.ts'
import { signIn } from '../support/person.ts'
import { openWorld, withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

const TABLES = ['users', 'profiles', 'friendships', 'media', 'posts', 'post_media', 'comments', 'notifications']

async function counts({ db }: World): Promise<Record<string, number>> {
  const counted = TABLES.map(async table => {
    const [row] = (await db(table).count()) as { count: string }[]
    return [table, Number(row?.count)] as const
  })
  return Object.fromEntries(await Promise.all(counted))
}

test('the demo world is made wholly or not at all, once, and can be signed in to', async t => {
  const { env, db, urls } = t.context
  await db.raw('revoke insert on notifications from kith_app') // the last table to be written
  await t.throwsAsync(seed(env), { message: /demo world/ })
  t.deepEqual(new Set(Object.values(await counts(t.context))), new Set([0]))

  await db.raw('grant insert on notifications to kith_app')
  const people = await seed(env)
  t.like(people, [{ name: 'Ada Mensah' }, { name: 'Bob Lindqvist' }])
  const made = await counts(t.context)
  t.like(made, {
    users: users.length,
    posts: posts.length,
    media: media.length,
    comments: comments.length,
    notifications: notifications.length,
  })
  t.deepEqual(await db('media').distinct('status'), [{ status: 'ready' }])

  t.deepEqual(await seed(env), people)
  t.deepEqual(await counts(t.context), made)

  const client = createClient({ url: urls[0], store: memoryStore() })
  const { userId } = await signIn(client, people[0]?.phone ?? '', env.SMS_ENDPOINT ?? '')
  t.is(userId, firstUserId)
  await client.connect()
  t.teardown(() => client.close())
  const mine = posts.filter(({ authorId }) => authorId === userId)
  const { items } = await client.call('post:list', { authorId: userId })
  t.deepEqual(
    items.map(({ id }) => id),
    mine.map(({ id }) => id).toReversed(),
  )
  t.like(await client.call('notification:list', {}), { unread: 2 })
})

test('a database in which others live is left alone', async t => {
  await using world = await openWorld()
  await world.cast('Eve')
  const before = await counts(world)
  t.deepEqual(await seed(world.env), [])
  t.deepEqual(await counts(world), before)
})

test('the demo world is refused in production', async t => {
  await t.throwsAsync(seed({ ...t.context.env, NODE_ENV: 'production' }), { message: /production/ })
})
