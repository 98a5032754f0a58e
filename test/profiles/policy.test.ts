import anyTest from 'ava'
import type { Knex } from 'knex'
import { Block, User } from '../../src/domains/accounts/model.ts'
import { Friendship, pairOf } from '../../src/domains/friends/model.ts'
import { peopleToSee, personToSee, sightOf } from '../../src/domains/profiles/policy.ts'
import { connectDb } from '../../src/infra/db/connect.ts'
import { enter } from '../../src/infra/db/scope.ts'
import type { UserCtx, UserId } from '../../src/kernel/scope.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false })

/** Two people with each settings and status there are. */
async function crowd(db: Knex): Promise<User[]> {
  const kinds = (['public', 'friends', 'private'] as const).flatMap(profileVisibility =>
    [true, false].flatMap(isPrivate =>
      (['active', 'active', 'suspended'] as const).map(status => ({ profileVisibility, isPrivate, status })),
    ),
  )
  const people = kinds.map((kind, n) => ({ ...kind, phoneSealed: 'none', phoneIndex: `person ${n}` }))
  return User.query(db).insert(people).returning('*')
}

/** Every third pair are friends, every third has asked, the rest are strangers; of every five pairs, one is blocked. */
async function relate(db: Knex, people: readonly UserId[]): Promise<void> {
  const pairs = people.flatMap((one, i) => people.slice(i + 1).map(other => [one, other] as const))
  for (const [n, [one, other]] of pairs.entries()) {
    if (n % 3 > 0)
      await Friendship.query(db).insert({
        ...pairOf(one, other),
        requestedBy: one,
        ...(n % 3 === 1 && { status: 'accepted', acceptedAt: new Date() }),
      })
    if (n % 5 === 0) {
      await enter(db, one)
      await Block.query(db).insert({ blockerId: one, blockedId: other })
    }
  }
}

test('the rule in memory and the rule in SQL agree on every person, for every viewer', async t => {
  const db = connectDb({ url: t.context.env.DATABASE_URL ?? '', poolSize: 1, name: 'test' })
  t.teardown(() => db.destroy())
  const people = await db.transaction(async trx => {
    const made = await crowd(trx)
    await relate(
      trx,
      made.map(({ id }) => id),
    )
    return made
  })
  const ids = people.map(({ id }) => id)
  const friendships = await Friendship.query(db).where({ status: 'accepted' })
  const areFriends = (one: UserId, other: UserId) =>
    friendships.some(({ userA, userB }) => [userA, userB].includes(one) && [userA, userB].includes(other))

  const counts = { own: 0, open: 0, head: 0, nobody: 0 }
  for (const viewer of ids)
    await db.transaction(async trx => {
      await enter(trx, viewer)
      const ctx = { db: trx as Knex, actor: { id: viewer, sessionId: null } } as UserCtx
      const blocks = await Block.query(trx)
      const others = new Set(blocks.flatMap(({ blockerId, blockedId }) => [blockerId, blockedId]))
      others.delete(viewer)
      const inMemory = people
        .filter(({ id, status }) => status === 'active' && !others.has(id))
        .map(person => [person.id, sightOf(person, { viewer, friends: areFriends(viewer, person.id) })])
      const inSql = await peopleToSee(ctx, ids)
      const seen = inSql.map(({ userId, sight }) => [userId, sight])
      t.deepEqual(seen, inMemory)
      const asked = []
      for (const id of ids) asked.push(await personToSee(ctx, id).catch(() => null))
      t.deepEqual(
        asked.flatMap(found => (found ? [[found.userId, found.sight]] : [])),
        inMemory,
      )
      for (const { sight } of inSql) counts[sight]++
      counts.nobody += ids.length - seen.length
    })
  for (const [sight, count] of Object.entries(counts)) t.true(count >= 12, `${sight} ${count}`)
})
