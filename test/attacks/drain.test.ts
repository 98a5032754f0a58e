import { setTimeout as pause } from 'node:timers/promises'
import anyTest from 'ava'
import type { Closing, Ready } from '../../client/index.ts'
import { startChild, type Child } from '../../src/local/children.ts'
import { plantPeople, type Planted } from '../support/crowd.ts'
import { openRaw } from '../support/raw.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { openWire, Refused } from './support/wire.ts'

const test = anyTest as WorldTest
const SECONDS = 3
const CROWD = 200
withWorld(test, { env: { LIMIT_SCALE: '100', DRAIN_SECONDS: String(SECONDS) } })

const urlOf = ({ up }: Child) => `http://127.0.0.1:${up.port}`
const start = ({ env }: World, more: NodeJS.ProcessEnv = {}) =>
  startChild('web', 'src/main/web.ts', { ...env, ...more })

/** Somebody on a socket, who when sent away comes back elsewhere at the time they are told. */
function openTraveller({ token }: Planted, from: string, to: string) {
  let told: Closing | null = null
  const raw = openRaw({
    url: from,
    auth: { token },
    onEvent(name, args) {
      if (name === 'socket:closing') told = args[0] as Closing
    },
  })
  const returned = (async () => {
    const { cursor } = await raw.ready
    await raw.closed
    const closedAt = performance.now()
    if (!told) throw new Error('Closed without a word')
    const { reason, afterMs } = told as Closing
    await pause(afterMs ?? 0)
    const connectedAt = performance.now()
    const back = openRaw({ url: to, auth: { token, cursor } })
    const ready = await back.ready
    return { reason, closedAt, connectedAt, ready, back }
  })()
  return { raw, returned }
}

/** The most that fall into one second. */
const most = (times: readonly number[]) =>
  Math.max(...times.map(from => times.filter(time => time >= from && time < from + 1000).length))

const kithReady = async (port: number | undefined) => (await fetch(`http://127.0.0.1:${port}/health/ready`)).status

test.serial(
  'a process that is told to stop sends its sockets elsewhere, spread out, and finishes what is under way',
  async t => {
    t.timeout(60_000)
    const { db, config } = t.context
    const [going, staying] = await Promise.all([start(t.context), start(t.context)])
    t.teardown(() => Promise.all([going.stop(), staying.stop()]))
    const people = await plantPeople(db, config, CROWD + 1)
    const travellers = []
    for (const person of people.slice(0, CROWD)) {
      const traveller = openTraveller(person, urlOf(going), urlOf(staying))
      await traveller.raw.ready
      travellers.push(traveller)
    }
    const first = travellers[0] as (typeof travellers)[number]
    const last = people.at(-1) as Planted

    const held = await db.transaction()
    t.teardown(() => held.rollback())
    await held.raw('lock table posts in exclusive mode')
    await held('sessions').where({ id: last.sessionId }).forUpdate()
    const asked = first.raw.ask('post:create', { text: 'under way', visibility: 'public' })
    const requested = fetch(`${urlOf(going)}/v1/auth/sign-out`, {
      method: 'POST',
      headers: { authorization: `Bearer ${last.token}`, 'content-type': 'application/json' },
      body: '{}',
    })
    while ((await db('pg_locks').where({ granted: false })).length < 2);

    const begun = performance.now()
    going.process.kill('SIGTERM')
    while ((await kithReady(going.up.port)) === 200);
    const unready = performance.now() - begun
    t.true(unready < 400, String(unready))
    t.is(await kithReady(going.up.internalPort), 503)
    const refused = await t.throwsAsync(openWire(urlOf(going)), { instanceOf: Refused })
    t.is(refused?.status, 503)
    await pause(200)
    await held.commit()
    t.like(await asked, { ok: true })
    t.is((await requested).status, 200)

    const returns = await Promise.all(travellers.map(({ returned }) => returned))
    t.is(await going.ended, 0)
    const took = performance.now() - begun
    t.true(took < (SECONDS + 2) * 1000, String(took))
    t.true(returns.every(({ reason }) => reason === 'drained'))
    t.true(returns.every(({ ready }) => (ready satisfies Ready).recovered))
    const mean = CROWD / SECONDS
    const peak = most(returns.map(({ connectedAt }) => connectedAt))
    t.log({ unready, took, mean, closesPerSecond: most(returns.map(({ closedAt }) => closedAt)), peak })
    t.true(peak <= 1.5 * mean, `${peak} in one second, ${mean} on average`)
    for (const { back } of returns) back.vanish()
  },
)

test.serial('a worker that is told to stop ends at once, and the log goes on without it', async t => {
  const { env } = t.context
  const [ada] = await t.context.cast('Ada')
  const worker = await startChild('worker', 'src/main/worker.ts', env)
  t.teardown(() => worker.stop())
  const begun = performance.now()
  worker.process.kill('SIGTERM')
  await ada.hearsAll()
  t.is(await worker.ended, 0)
  t.true(performance.now() - begun < 2000)
})

test.serial('a socket is asked back before it is too old, each at a moment of its own', async t => {
  const { db, config } = t.context
  const [ageing, other] = await Promise.all([start(t.context, { SOCKET_SECONDS: '3' }), start(t.context)])
  t.teardown(() => Promise.all([ageing.stop(), other.stop()]))
  const people = await plantPeople(db, config, 20)
  const ages = await Promise.all(
    people.map(async person => {
      const { raw, returned } = openTraveller(person, urlOf(ageing), urlOf(other))
      await raw.ready
      const readyAt = performance.now()
      const { reason, closedAt, ready, back } = await returned
      t.is(reason, 'rotated')
      t.true(ready.recovered)
      back.vanish()
      return closedAt - readyAt
    }),
  )
  t.true(Math.max(...ages) < 3200, String(ages))
  t.true(Math.min(...ages) > 2000, String(ages))
  t.true(Math.max(...ages) - Math.min(...ages) > 150, String(ages))
})
