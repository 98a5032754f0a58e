import anyTest from 'ava'
import type { Knex } from 'knex'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

/** What a relay does that dies between numbering and publishing. */
const numberOnly = (db: Knex, room: string, count: number) =>
  db.transaction(async trx => {
    for (let n = 1; n <= count; n++) {
      const [head] = (await trx('log_head').increment('pos', 1).returning('pos')) as { pos: string }[]
      await trx('event_log').insert({
        pos: head?.pos,
        kind: 'event',
        name: 'test:unpublished',
        payload: JSON.stringify({ n }),
        rooms: [room],
        excluded: [],
      })
    }
  })

test('what was numbered and never published is heard all the same, in its place', async t => {
  const people = await t.context.cast('Ada', 'Bob') // on different nodes
  for (const person of people) {
    await numberOnly(t.context.db, `user:${person.id}`, 3)
    await person.next('test:unpublished' as never) // told by the next heartbeat
    await numberOnly(t.context.db, `user:${person.id}`, 3) // and by whatever comes after it
    const heard = (await person.hearsAll()).filter(({ name }) => (name as string) === 'test:unpublished')
    t.deepEqual(
      heard.map(({ payload }) => (payload as unknown as { n: number }).n),
      [1, 2, 3, 1, 2, 3],
    )
    t.true(person.heard.every(({ pos }, i) => i === 0 || pos > (person.heard[i - 1]?.pos ?? 0)))
  }
})
