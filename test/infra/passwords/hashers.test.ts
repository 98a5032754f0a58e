import { availableParallelism, constants, getPriority } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import test from 'ava'
import { Failure } from '../../../src/kernel/failure.ts'
import { hasEnded, watchChildren } from './support/children.ts'
import { openPasswords } from './support/passwords.ts'

const children = watchChildren()
const HORSE = 'correct horse battery staple'

/** What becomes of work: `done`, or the reason of its failure. */
const outcomeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Failure ? error.reason : String(error)),
  )
const count = (outcomes: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(outcomes, outcome => outcome)].map(([outcome, { length }]) => [outcome, length]))

/** How many turns the event loop takes until some work is done. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  const ended = work.then(() => 'ended')
  for (let turns = 0; ; turns++) if ((await Promise.race([ended, setImmediate('turn')])) === 'ended') return turns
}

test.serial(
  'no process is started before there is a password, then one for each that is free, at low priority',
  async t => {
    const before = children.length
    await using passwords = openPasswords({ hashers: 2 })
    await setImmediate()
    t.is(children.length, before)
    await passwords.hash(HORSE)
    await passwords.hash(HORSE)
    t.is(children.length, before + 1)
    t.is(getPriority(children.at(-1)?.pid), constants.priority.PRIORITY_BELOW_NORMAL)
    await Promise.all(Array.from({ length: 9 }, () => passwords.hash(HORSE)))
    t.is(children.length, before + 2)
  },
)

test.serial('by itself it takes no more than four processes, and leaves a core to everybody else', async t => {
  const before = children.length
  await using passwords = openPasswords()
  await Promise.all(Array.from({ length: 20 }, () => passwords.hash(HORSE)))
  t.is(children.length - before, Math.max(1, Math.min(4, availableParallelism() - 1)))
})

test.serial('the event loop goes on while a password is hashed, and while nobody’s is', async t => {
  await using passwords = openPasswords({ cost: 12, hashers: 1 })
  await passwords.isCommon(HORSE, [])
  await passwords.verify(HORSE, null) // so that the process is up
  t.true((await turnsDuring(passwords.hash(HORSE))) > 100)
  t.true((await turnsDuring(passwords.verify(HORSE, null))) > 100)
})

test.serial('the event loop goes on while the common passwords are read', async t => {
  await using passwords = openPasswords()
  t.true((await turnsDuring(passwords.isCommon(HORSE, []))) > 100)
})

test.serial('a process that is killed fails the one password it had, and another takes its place', async t => {
  const before = children.length
  await using passwords = openPasswords({ cost: 12, hashers: 1 })
  await passwords.hash(HORSE)
  const outcomes = [passwords.hash(HORSE), passwords.hash(HORSE)].map(outcomeOf)
  children.at(-1)?.kill('SIGKILL')
  t.deepEqual(await Promise.all(outcomes), ['unavailable', 'done'])
  t.is(children.length, before + 2)
})

test.serial('a process that is killed while it has nothing to do is missed by nobody', async t => {
  await using passwords = openPasswords({ hashers: 1 })
  await passwords.hash(HORSE)
  const child = children.at(-1)
  const ended = new Promise(resolve => child?.once('exit', resolve))
  child?.kill('SIGKILL')
  await ended
  t.is(await outcomeOf(passwords.hash(HORSE)), 'done')
})

test.serial('a process does not end with the signals that tell the server to: it has answers to give', async t => {
  await using passwords = openPasswords({ cost: 12, hashers: 1 })
  await passwords.hash(HORSE)
  const outcome = outcomeOf(passwords.hash(HORSE))
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) children.at(-1)?.kill(signal)
  t.is(await outcome, 'done')
})

test.serial('fifty wait, and those beyond are told how long to stay away', async t => {
  await using passwords = openPasswords({ hashers: 2 })
  const work = Array.from({ length: 60 }, () => passwords.hash(HORSE))
  t.deepEqual(count(await Promise.all(work.map(outcomeOf))), { done: 52, too_fast: 8 })
  const refusal = await t.throwsAsync(Promise.all(work), { instanceOf: Failure })
  t.true((refusal.detail.retryAfterMs ?? 0) > 0)
  t.is(await outcomeOf(passwords.hash(HORSE)), 'done')
})

test.serial('nobody waits who would not have their turn in time', async t => {
  const passwords = openPasswords({ cost: 14, hashers: 1 })
  const work = Array.from({ length: 20 }, () => outcomeOf(passwords.verify(HORSE, null)))
  await passwords.close()
  const { too_fast: refused = 0, unavailable: taken = 0 } = count(await Promise.all(work))
  t.is(refused + taken, 20)
  t.true(taken > 1 && taken < 10, `${taken}`)
})

test.serial('closing ends every process, and fails those who wait and those who come', async t => {
  const before = children.length
  const passwords = openPasswords({ cost: 12, hashers: 2 })
  const outcomes = Array.from({ length: 5 }, () => outcomeOf(passwords.hash(HORSE)))
  await passwords.close()
  t.deepEqual(count(await Promise.all(outcomes)), { unavailable: 5 })
  t.is(children.length, before + 2)
  t.true(children.every(hasEnded))
  t.is(await outcomeOf(passwords.hash(HORSE)), 'unavailable')
  t.is(children.length, before + 2)
})
