import { randomUUID } from 'node:crypto'
import test from 'ava'
import { liveSession } from '../../src/domains/sessions/policy.ts'
import { connectDb } from '../../src/infra/db/connect.ts'
import { template } from '../../src/infra/db/template.ts'
import { registry } from '../../src/kernel/app.ts'
import type { UserId } from '../../src/kernel/scope.ts'
import { slices } from '../../src/main/domains.ts'

const db = connectDb({ url: 'postgres://nobody@127.0.0.1:1/nothing', poolSize: 1, name: 'template' })
test.after.always(() => db.destroy())

type Make = Parameters<typeof template>[0]
const queries: Readonly<Record<string, Make>> = {
  'the session': (actor, now) => liveSession(db, actor, now),
  ...Object.fromEntries(
    [...registry(slices).rooms.values()].flatMap(({ kind, standing }) =>
      standing ? [[`${kind} rooms`, (actor => standing(db, actor.id)) satisfies Make]] : [],
    ),
  ),
}

for (const [name, make] of Object.entries(queries))
  test(`the template for ${name}, filled in for somebody, asks what its query would`, t => {
    const filledIn = template(make)
    for (const now of [new Date(), new Date('2031-05-06T07:08:09.123Z')]) {
      const actor = { id: randomUUID() as UserId, sessionId: randomUUID() }
      const { sql, bindings } = make(actor, now).toSQL().toNative()
      t.deepEqual(filledIn(actor, now), { sql, bindings: [...bindings] })
    }
  })
