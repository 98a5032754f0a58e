import anyTest from 'ava'
import { assertDeployable } from '../../src/infra/db/role.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false })

/** Looks as a role that is made so, and made for this alone. */
async function lookAs({ db }: World, make: (role: string) => string): Promise<void> {
  const trx = await db.transaction()
  const role = `kith_${crypto.randomUUID().slice(0, 8)}`
  try {
    await trx.raw(`create role ${role}; ${make(role)}; set local role ${role}`)
    await assertDeployable(trx)
  } finally {
    await trx.rollback()
  }
}

test('a role that could get round row-level security by way of another one runs no server', async t => {
  await t.notThrowsAsync(lookAs(t.context, role => `grant kith_app to ${role}`))
  for (const make of [
    (role: string) => `alter role ${role} bypassrls`,
    (role: string) => `create role ${role}_2 bypassrls; grant ${role}_2 to ${role} with inherit false`,
    (role: string) => `create role ${role}_2; grant ${role}_2 to ${role}; alter table posts owner to ${role}_2`,
    (role: string) => `alter table posts owner to ${role}`,
  ])
    await t.throwsAsync(lookAs(t.context, make), { message: /must name a role/ }, make('x'))
})
