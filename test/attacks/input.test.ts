import anyTest from 'ava'
import { registry } from '../../src/kernel/app.ts'
import type { Command } from '../../src/kernel/command.ts'
import { slices } from '../../src/main/domains.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { deep } from './support/hostile.ts'
import { forgetLimits } from './support/limits.ts'
import { countRows } from './support/rows.ts'
import { signedWire, tokenOf, type Wire } from './support/wire.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { LIMIT_SCALE: '1000' } }) // so many commands are too fast otherwise
// As JSON text: most of it could not be written by JSON.stringify.
const long = `"${'x'.repeat(60_000)}"`
const nested = deep(20_000)
const proto = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'

const WHOLE = ['', 'null', '5', '"x"', 'true', '[]', '[[]]', nested]
const WRONG: Readonly<Record<string, readonly string[]>> = {
  string: ['null', '0', 'true', '[]', '{}', '"\\u0000"', '"a\\ud800"', long, '{"$ne":1}', nested, proto],
  number: ['null', '"1"', 'true', '[]', '{}', '1e308', '1e999', '-1', '0.5', '9007199254740993', nested, proto],
  boolean: ['null', '0', '"true"', '[]', '{}', nested, proto],
  array: ['null', '0', '"x"', 'true', '{}', '[null]', '[[]]', '[{"x":1}]', `[${proto}]`, `[${nested}]`, proto],
  any: ['null', '0', '""', '"nope"', 'true', '[]', '{}', '"\\u0000"', nested, proto],
}

interface Mistake {
  readonly field: string
  readonly json: string
}

/** Each declared field with values that cannot be meant, then fields nobody declared, then no object at all. */
function mistakesFor(command: Command): Mistake[] {
  const { keys = {} } = command.envelope.schema.describe() as {
    keys?: Record<string, { type: string; allow?: unknown[] }>
  }
  const perField = Object.entries(keys).flatMap(([field, { type, allow }]) =>
    (WRONG[type] ?? [])
      .filter(value => value !== 'null' || !allow?.includes(null))
      .map(value => ({ field, json: `{"${field}":${value}}` })),
  )
  const undeclared = ['isAdmin', 'actor', 'constructor', 'prototype', '__proto__']
  const unknown = undeclared.map(field => ({ field, json: `{"${field}":{"polluted":1}}` }))
  return [...perField, ...unknown, ...WHOLE.map(json => ({ field: '', json }))]
}

let wire: Wire | undefined
const acks = () => wire?.frames.filter(frame => frame.startsWith('43')).length ?? 0
test.after.always(() => wire?.vanish())

for (const command of registry(slices).commands.values())
  test.serial(`${command.name} names every wrong field and changes nothing`, async t => {
    wire ??= await signedWire(t.context.urls[1], await tokenOf((await t.context.cast('Ada'))[0]))
    await forgetLimits(t.context)
    const before = await countRows(t.context)
    const acked = acks()
    const mistakes = mistakesFor(command)
    for (const [i, { field, json }] of mistakes.entries()) {
      if (i % 10 === 9) await forgetLimits(t.context)
      const ack = await wire.ask(command.name, json)
      t.like(ack, { ok: false, error: { code: 'bad_request', reason: 'invalid' } })
      const fields = ack && !ack.ok ? Object.keys(ack.error.fields ?? {}) : []
      t.true(
        fields.some(named => named === (field || 'input') || named.startsWith(`${field}.`)),
        `${field}: ${json.slice(0, 100)} -> ${JSON.stringify(fields)}`,
      )
    }
    t.is(acks() - acked, mistakes.length, 'one ack each')
    t.deepEqual(await countRows(t.context), before)
    t.is(({} as { polluted?: number }).polluted, undefined)
  })
