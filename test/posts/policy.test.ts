import anyTest from 'ava'
import type { Knex } from 'knex'
import { Block, User } from '../../src/domains/accounts/model.ts'
import { Friendship, pairOf } from '../../src/domains/friends/model.ts'
import { Post, VISIBILITIES } from '../../src/domains/posts/model.ts'
import { isVisible, maySee, visibleTo } from '../../src/domains/posts/policy.ts'
import { connectDb } from '../../src/infra/db/connect.ts'
import { enter } from '../../src/infra/db/scope.ts'
import type { UserCtx, UserId } from '../../src/kernel/scope.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false })

const asServer = ({ env }: World) => connectDb({ url: env.DATABASE_URL ?? '', poolSize: 1, name: 'test' })

/** People of every status, private and not, friends and not, hidden and not, each with posts of every visibility, deleted and not. */
async function peopleAndPosts(db: Knex): Promise<UserId[]> {
  const statuses = [
    'active',
    'active',
    'active',
    'suspended',
    'suspended',
    'deactivated',
    'pending',
    'deleted',
  ] as const
  const people = await User.query(db)
    .insert(
      statuses.map((status, n) => ({ status, isPrivate: n % 2 > 0, phoneSealed: 'none', phoneIndex: `person ${n}` })),
    )
    .returning('id')
  const ids = people.map(({ id }) => id)
  const pairs = ids.flatMap((one, i) => ids.slice(i + 1).map(other => [one, other] as const))
  // Every third pair are friends, every third has asked, the rest are strangers.
  for (const [n, [one, other]] of pairs.entries())
    if (n % 3 > 0)
      await Friendship.query(db).insert({
        ...pairOf(one, other),
        requestedBy: one,
        ...(n % 3 === 1 && { status: 'accepted', acceptedAt: new Date() }),
      })
  // Of five pairs one has a block one way, one the other way, one both ways: of friends, of askers and of strangers.
  for (const [n, [one, other]] of pairs.entries()) {
    if (n % 5 === 0 || n % 5 === 2) await block(db, one, other)
    if (n % 5 === 1 || n % 5 === 2) await block(db, other, one)
  }
  for (const authorId of ids)
    for (const visibility of VISIBILITIES)
      for (const deletedAt of [null, new Date()])
        await Post.query(db).insert({ authorId, visibility, deletedAt, text: 'x' })
  return ids
}

const block = (db: Knex, blockerId: UserId, blockedId: UserId) =>
  as(db, blockerId, trx => Block.query(trx).insert({ blockerId, blockedId }))

/** Runs `body` in a transaction that sees the blocks of one person. */
const as = <T>(db: Knex, person: UserId, body: (trx: Knex) => PromiseLike<T>): Promise<T> =>
  db.transaction(async trx => {
    await enter(trx, person)
    return body(trx)
  })

test('the rule in memory and the rule in SQL agree on every post, for every viewer', async t => {
  const db = asServer(t.context)
  t.teardown(() => db.destroy())
  const people = await db.transaction(peopleAndPosts)
  const personOf = new Map((await User.query(db)).map(person => [person.id, person]))
  const friendships = await Friendship.query(db).where({ status: 'accepted' })
  const friends = new Set(friendships.map(({ userA, userB }) => `${userA} ${userB}`))
  const all = await Post.query(db)
  const blocked = new Set<string>()
  for (const person of people)
    for (const { blockerId, blockedId } of await as(db, person, trx => Block.query(trx)))
      blocked.add(`${blockerId} ${blockedId}`)
  const areHidden = (one: UserId, other: UserId) => blocked.has(`${one} ${other}`) || blocked.has(`${other} ${one}`)

  const idsOf = (posts: readonly Post[]) => posts.map(({ id }) => id).toSorted()
  let visible = 0
  for (const viewer of people) {
    const seen = await as(db, viewer, trx =>
      Post.query(trx).modify(visibleTo({ db: trx, actor: { id: viewer, sessionId: null } } as UserCtx)),
    )
    const inMemory = all.filter(post => {
      const { userA, userB } = pairOf(viewer, post.authorId)
      const { status, isPrivate = false } = personOf.get(post.authorId) ?? {}
      const active = status === 'active'
      const hidden = areHidden(viewer, post.authorId)
      return isVisible(post, { viewer, active, hidden, isPrivate, friends: friends.has(`${userA} ${userB}`) })
    })
    t.deepEqual(idsOf(seen), idsOf(inMemory))
    // Whether the viewer acts, or the author.
    for (const scopeOf of [() => viewer, ({ authorId }: Post) => authorId]) {
      const asked: Post[] = []
      for (const post of all) if (await as(db, scopeOf(post), trx => maySee(trx, viewer, post))) asked.push(post)
      t.deepEqual(idsOf(asked), idsOf(inMemory))
    }
    visible += seen.length
  }
  t.true(
    blocked.size > people.length && visible > people.length * 3 && visible < (people.length * all.length) / 2,
    `${visible} of ${all.length}`,
  )
})
