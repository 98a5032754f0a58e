import anyTest from 'ava'
import { readConfig } from '../../src/main/config.ts'
import { startWeb } from '../../src/main/web.ts'
import { openPassage } from '../attacks/support/passage.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false })

const AWAY = { DATABASE_URL: ['block', 'freeze'], REDIS_URL: ['block'] } as const

for (const [what, ways] of Object.entries(AWAY))
  test.serial(`a process is unready while what ${what} names is away, and ready again when it is back`, async t => {
    const { env } = t.context
    await using passage = await openPassage(env[what] ?? '')
    await using web = await startWeb(readConfig({ ...env, [what]: passage.url }))
    const ready = async () => {
      const response = await fetch(`http://127.0.0.1:${web.port}/health/ready`)
      const inside = await fetch(`http://127.0.0.1:${web.internalPort}/health/ready`)
      t.is((await fetch(`http://127.0.0.1:${web.port}/health/live`)).status, 200)
      await inside.text()
      return [response.status, ((await response.json()) as { error?: { reason: string } }).error?.reason, inside.status]
    }
    const comes = async (expected: unknown[]) => {
      const until = performance.now() + 10_000
      let seen = await ready()
      while (String(seen) !== String(expected) && performance.now() < until) seen = await ready()
      t.deepEqual(seen, expected)
    }
    await comes([200, undefined, 200])
    for (const away of ways) {
      passage[away]()
      await comes([503, 'not_ready', 503])
      passage.open()
      await comes([200, undefined, 200])
    }
  })

test.serial('asking for readiness as often as one likes costs the database next to nothing', async t => {
  const [url] = t.context.urls
  const statements = async () => {
    const found = t.context.db('pg_stat_database').where('datname', t.context.db.raw('current_database()'))
    return Number((await found.pluck('xact_commit'))[0])
  }
  const before = await statements()
  await Promise.all(Array.from({ length: 500 }, async () => (await fetch(`${url}/health/ready`)).text()))
  t.true((await statements()) - before < 250)
})
