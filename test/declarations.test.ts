import test from 'ava'
import { registry } from '../src/kernel/app.ts'
import type { Command } from '../src/kernel/command.ts'
import { QUEUES } from '../src/kernel/job.ts'
import { perDay, perHour, type Rate, type Rates } from '../src/kernel/limit.ts'
import { slices } from '../src/main/domains.ts'

const { commands, events, jobs, rooms, failures } = registry(slices)

const SENTENCE = /^[A-Z`].{5,}\.$/s
const isShape = (shape: { schema?: { type?: unknown } } | undefined) => shape?.schema?.type === 'object'
/** Rates that hold together are of different times, the longer of which has more to give, and less of it a second. */
const areRates = (given: Rates | undefined) => {
  const rates = given === undefined ? [] : [given].flat()
  const pairs = rates.slice(1).map((longer, i) => [rates[i] as Rate, longer] as const)
  return (
    rates.length > 0 &&
    rates.every(({ points, seconds }) => Number.isInteger(points) && points >= 1 && seconds >= 1) &&
    pairs.every(([a, b]) => a.seconds < b.seconds && a.points < b.points && a.points * b.seconds > b.points * a.seconds)
  )
}

/** What a command lacks; every one says all of it, whatever the compiler was told. */
const lacks = ({ about, auth, access, limits, input, ack, run }: Partial<Command>): string[] =>
  Object.entries({
    about: SENTENCE.test(about ?? ''),
    auth: auth === 'anyone' || auth === 'user',
    access: access === 'read' || access === 'write',
    limits: areRates(limits?.caller),
    input: isShape(input),
    ack: isShape(ack),
    run: typeof run === 'function',
  }).flatMap(([field, isThere]) => (isThere ? [] : field))

test('every command says what it does, who may send it, how often, what comes in and what goes out', t => {
  t.true(commands.size > 20)
  for (const command of commands.values()) t.deepEqual(lacks(command), [], command.name)
  t.deepEqual(lacks({}), ['about', 'auth', 'access', 'limits', 'input', 'ack', 'run'])
})

test('every limit is of rates that each have a say, and names whom or what it is for', t => {
  for (const { name, limits } of commands.values()) {
    const { address, newcomers = 1, target = [], callerOn = [] } = limits
    t.true(newcomers > 0 && newcomers <= 1, name)
    if (address) t.true(areRates(address), name)
    const things = [[target].flat(), [callerOn].flat()]
    for (const { each, rates } of things.flat()) {
      t.regex(each, /^[a-z]+$/, name)
      t.false(['caller', 'address'].includes(each), name)
      t.true(areRates(rates), `${name} ${each}`)
    }
    for (const each of things.map(limits => limits.map(({ each }) => each))) t.is(new Set(each).size, each.length, name)
  }
  t.false(areRates([perDay(5), perHour(1)]))
  t.false(areRates([perHour(1), perDay(24)]))
  t.true(areRates([perHour(1), perDay(23)]))
})

test('a command for anyone is limited also when the counters are away', t => {
  const open = [...commands.values()].filter(({ auth, access }) => auth === 'anyone' && access === 'write')
  t.true(open.length > 0)
  for (const { name, limits } of open) t.is(limits.blind, 'refuse', name)
})

test('every event, job and room is told in a sentence', t => {
  for (const { name, about, payload } of [...events.values(), ...jobs.values()]) {
    t.regex(about, SENTENCE, name)
    t.true(isShape(payload), name)
  }
  for (const { kind, about } of rooms.values()) t.regex(about, SENTENCE, kind)
})

test('every job names its queue and ends', t => {
  for (const { name, queue, attempts } of jobs.values()) {
    t.true(QUEUES.includes(queue), name)
    t.true(attempts >= 1 && attempts <= 20, name)
  }
})

test('no failure tells more than its code and words', t => {
  for (const { reason, message } of failures.values()) {
    t.regex(reason, /^[a-z_]+$/)
    t.regex(message, /^[A-Z][^{}$<>\n]+$/)
  }
})
