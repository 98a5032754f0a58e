import { setTimeout } from 'node:timers/promises'
import test from 'ava'
import knex from 'knex'
import { readConfig } from '../../src/main/config.ts'
import { startCompany } from '../story/cast.ts'
import { freshEnvironment } from '../support/world.ts'
import { connect, plantCrowd } from './support/crowd.ts'

const GRACE_MS = 2000
const LEASE_MS = 3000
const SIZE = 90

/** Two web processes and a worker of their own, and people friends with one watcher on the second. */
async function openCrowd() {
  await using stack = new AsyncDisposableStack()
  const { env, ownerUrl, drop } = await freshEnvironment({
    PRESENCE_GRACE_SECONDS: String(GRACE_MS / 1000),
    LIMIT_SCALE: '100',
  })
  stack.defer(drop)
  const db = knex({ client: 'pg', connection: ownerUrl, pool: { min: 0, max: 2 } })
  stack.defer(() => db.destroy())
  const company = stack.use(await startCompany(env))
  const { people, watcher } = await plantCrowd(db, readConfig(env), company.urls[1], SIZE)
  const first = company.children.find(({ name }) => name === 'web-1')
  if (!first) throw new Error('No first node')
  const parts = stack.move()
  return { company, people, watcher, first, [Symbol.asyncDispose]: () => parts.disposeAsync() }
}

const idsOf = (people: readonly { readonly id: string }[]) => people.map(({ id }) => id).toSorted()

test.serial(
  'a node is killed: exactly those who were only there are gone, in time, and come back elsewhere',
  async t => {
    await using world = await openCrowd()
    const { company, people, watcher, first } = world
    const [onlyFirst, both, onlySecond] = [people.slice(0, 30), people.slice(30, 60), people.slice(60)]
    await connect(company.urls[0], [...onlyFirst, ...both])
    await connect(company.urls[1], [...both, ...onlySecond])
    await watcher.hears(true, SIZE)
    t.deepEqual(watcher.there().toSorted(), idsOf(people))
    watcher.forget()

    first.process.kill('SIGKILL')
    const killed = performance.now()
    await watcher.hears(false, onlyFirst.length)
    const took = performance.now() - killed
    t.log(`gone after ${Math.round(took)} ms`)
    t.true(took > GRACE_MS)
    t.true(took < LEASE_MS + GRACE_MS + 1500, `${took} ms`)
    await setTimeout(1500) // in which nothing more comes
    t.is(watcher.edges.length, onlyFirst.length)
    t.deepEqual(watcher.there().toSorted(), idsOf([...both, ...onlySecond]))
    t.deepEqual((await watcher.list()).toSorted(), idsOf([...both, ...onlySecond]))

    watcher.forget()
    await connect(company.urls[1], onlyFirst)
    await watcher.hears(true, onlyFirst.length)
    t.is(watcher.edges.length, onlyFirst.length)
    t.deepEqual(watcher.there().toSorted(), idsOf(people))
  },
)

test.serial('a node is killed and its people come back elsewhere within the grace: no news', async t => {
  await using world = await openCrowd()
  const { company, people, watcher, first } = world
  await connect(company.urls[0], people)
  await watcher.hears(true, SIZE)
  watcher.forget()
  first.process.kill('SIGKILL')
  await connect(company.urls[1], people)
  await setTimeout(LEASE_MS + GRACE_MS + 1500)
  t.deepEqual(watcher.edges, [])
  t.deepEqual((await watcher.list()).toSorted(), idsOf(people))
})

test.serial('a node sleeps beyond its lease: its people are gone, and there again when it wakes', async t => {
  await using world = await openCrowd()
  const { company, people, watcher, first } = world
  await connect(company.urls[0], people)
  await watcher.hears(true, SIZE)
  watcher.forget()
  first.process.kill('SIGSTOP')
  await watcher.hears(false, SIZE)
  t.deepEqual(await watcher.list(), [])
  first.process.kill('SIGCONT')
  await watcher.hears(true, SIZE)
  t.is(watcher.edges.length, 2 * SIZE)
  t.deepEqual((await watcher.list()).toSorted(), idsOf(people))
})

test.serial('a node that stops in order leaves no longer wait than the grace', async t => {
  await using world = await openCrowd()
  const { company, people, watcher, first } = world
  await connect(company.urls[0], people)
  await watcher.hears(true, SIZE)
  watcher.forget()
  const stopped = first.stop()
  await watcher.hears(false, SIZE)
  await stopped
  t.is(watcher.edges.length, SIZE)
})
