import { execFileSync } from 'node:child_process'
import { globSync } from 'node:fs'
import test from 'ava'
import { registry } from '../src/kernel/app.ts'
import { command } from '../src/kernel/command.ts'
import { event } from '../src/kernel/event.ts'
import { failure, httpStatusOf } from '../src/kernel/failure.ts'
import { job } from '../src/kernel/job.ts'
import { per, perDay, perHour, perMinute } from '../src/kernel/limit.ts'
import { roomKind } from '../src/kernel/room.ts'
import * as kit from '../src/kernel/shape.ts'
import { notation } from '../src/main/contract/notation.ts'
import { schemaOf } from '../src/main/contract/schema.ts'
import { contractOf, openApiOf } from '../src/main/contract.ts'
import { slices } from '../src/main/domains.ts'

const declared = registry(slices)
const contract = contractOf(declared)
const openApi = openApiOf(declared)

/** A small world in which everything a declaration may say is said once. */
const orderTea = command('tea:order', {
  about: 'Orders tea | or something stronger.',
  auth: 'anyone',
  access: 'write',
  limits: {
    caller: [perMinute(7), perDay(70)],
    newcomers: 1 / 7,
    address: perHour(8),
    target: { each: 'kettle', rates: per(9, 90), of: () => '' },
    callerOn: [{ each: 'cup', rates: [perMinute(1), perHour(2)], of: () => '' }],
    blind: 'refuse',
  },
  http: '/v1/tea',
  input: kit.shape({ note: kit.optional(kit.text({ max: 20 })) }),
  ack: kit.shape({}),
  run: () => Promise.resolve({}),
})
const findTea = command('tea:find', {
  about: 'Finds tea.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(1) },
  http: '/v1/tea/find',
  input: kit.shape({ leaf: kit.oneOf('green', 'black') }),
  ack: kit.shape({ cups: kit.integer({ min: 0, max: 3 }) }),
  run: () => Promise.resolve({ cups: 1 }),
})
const small = registry([
  {
    commands: [orderTea, findTea],
    events: [
      event('tea:spilled', {
        about: 'A fact for other slices.',
        payload: kit.shape({ drops: kit.integer({ min: 1, max: 9 }) }),
      }),
    ],
    rooms: [roomKind('kitchen', { about: 'Who cooks.', admits: () => Promise.resolve(null) })] as never,
    jobs: [
      job('tea:brew', {
        about: 'Brews.',
        payload: kit.shape({}),
        queue: 'upkeep',
        attempts: 4,
        everySeconds: 3600,
        run: () => Promise.resolve(),
      }),
    ],
    failures: [failure('conflict', 'cold', 'The tea is cold')],
  },
])
const smallContract = contractOf(small)

/** The cells of the table row whose first cells are these names. */
const rowOf = (text: string, ...names: readonly string[]): string[] => {
  const start = `| ${names.map(name => `\`${name}\``).join(' | ')} |`
  const rows = text.split('\n').filter(line => line.startsWith(start))
  return rows.length === 1 ? (rows[0]?.slice(2, -2).split(/(?<!\\)\|/) ?? []).map(cell => cell.trim()) : []
}

test('every command has one row with its sentence, who may, what it does, its limits and its route', t => {
  t.true(declared.commands.size > 0)
  for (const { name, about, auth, access, limits, http } of declared.commands.values()) {
    const [, said, who, what, rates = '', route] = rowOf(contract, name)
    t.deepEqual([said, who, what], [about, auth, access], name)
    const [{ points } = { points: 0 }] = [limits.caller].flat()
    t.regex(rates, new RegExp(`^${points}/(second|minute|hour|day|\\d+ \\w+s).* for each caller`), name)
    t.is(route, http ? `\`POST ${http}\`` : '', name)
  }
})

test('every event, room and job has one row with its sentence', t => {
  for (const { name, about, audience, ephemeral } of declared.events.values())
    t.deepEqual(rowOf(contract, name).slice(1), [about, ephemeral ? 'ephemeral' : audience ? 'yes' : 'no'], name)
  for (const { kind, about } of declared.rooms.values()) t.is(rowOf(contract, kind)[1], about, kind)
  for (const { name, about, queue, attempts } of declared.jobs.values())
    t.deepEqual(rowOf(contract, name).slice(1, 4), [about, queue, String(attempts)], name)
})

test('every failure has one row with its message, whether to retry, and its status', t => {
  for (const kind of declared.failures.values())
    t.deepEqual(rowOf(contract, kind.code, kind.reason).slice(2), [
      kind.message,
      kind().toWire().retry ? 'yes' : 'no',
      String(httpStatusOf(kind.code)),
    ])
})

test('what a slice refuses with is among what it declares', async t => {
  const known = new Set<unknown>(declared.failures.values())
  const files = globSync('src/domains/*/failures.ts')
  t.true(files.length > 5)
  for (const file of files) {
    const made = Object.entries((await import(`../${file}`)) as Record<string, object>)
    for (const [name, kind] of made) if ('reason' in kind) t.true(known.has(kind), `${file}: ${name}`)
  }
})

test('every command, event and job has its shape', t => {
  const names = [declared.commands, declared.events, declared.jobs].flatMap(items => [...items.keys()])
  for (const name of names) t.regex(contract, new RegExp(`^${name} \\{`, 'm'))
})

test('limits of every kind are told', t => {
  t.is(
    rowOf(smallContract, 'tea:order')[4],
    '7/minute and 70/day for each caller, 1/7 of that on the first day of an account, 8/hour for each address, ' +
      '9/90 seconds for each kettle, 1/minute and 2/hour for each caller on one cup, none while they cannot be counted',
  )
  t.is(rowOf(smallContract, 'tea:find')[4], '1/minute for each caller')
})

test('a job that runs by itself says how often, and a room how one gets in', t => {
  t.is(rowOf(smallContract, 'tea:brew')[4], 'hour')
  t.is(rowOf(smallContract, 'kitchen')[2], 'by asking')
  t.is(rowOf(smallContract, 'user')[2], 'standing')
})

test('a bar in a sentence does not break its table', t => {
  t.is(rowOf(smallContract, 'tea:order')[1], 'Orders tea \\| or something stronger.')
})

const written: readonly (readonly [kit.Field<unknown>, string])[] = [
  [kit.text({ max: 2000 }), 'string(1–2000)'],
  [kit.text({ min: 0, max: 5 }), 'string(0–5)'],
  [kit.nullable(kit.text({ max: 5 })), 'string(1–5) | null'],
  [kit.token(/^\d{6}$/, 'six digits'), String.raw`string(/^\d{6}$/)`],
  [kit.id(), 'uuid'],
  [kit.instant(), 'instant'],
  [kit.url(), 'url'],
  [kit.bool(), 'boolean'],
  [kit.integer({ min: 1, max: 50 }), 'integer(1–50)'],
  [kit.oneOf('a', 'b'), "'a' | 'b'"],
  [kit.nullable(kit.oneOf('a', 'b')), "'a' | 'b' | null"],
  [kit.list(kit.id(), { max: 10 }), 'uuid[≤10]'],
  [kit.list(kit.id(), { max: 10, unique: true }), 'uuid[≤10 unique]'],
  [kit.list(kit.oneOf('a', 'b'), { max: 2 }), "('a' | 'b')[≤2]"],
  [kit.list(kit.text({ max: 5 }), { max: 2 }), 'string(1–5)[≤2]'],
  [kit.dictionary(), '{ [name: string]: string(1–2048) }'],
  [kit.shape({}), '{}'],
  [kit.shape({ text: kit.text({ max: 9 }), cursor: kit.optional(kit.id()) }), '{ text: string(1–9), cursor?: uuid }'],
  [kit.nullable(kit.shape({ a: kit.nullable(kit.bool()) })), '{ a: boolean | null } | null'],
]

for (const [field, text] of written) test(`a field is written ${text}`, t => t.is(notation(schemaOf(field)), text))

test('a long shape is broken over lines, one field on each', t => {
  const names = Array.from({ length: 12 }, (_, i) => `field${i}`)
  const long = kit.shape({ inner: kit.shape(Object.fromEntries(names.map(name => [name, kit.id()]))) })
  const lines = names.map(name => `    ${name}: uuid\n`).join('')
  t.is(notation(schemaOf(long)), `{\n  inner: {\n${lines}  }\n}`)
})

test('the schema of a word that may be null takes null', t => {
  t.deepEqual(schemaOf(kit.nullable(kit.oneOf('a'))).enum, ['a', null])
})

test('the lengths of text are in its schema, however deep it lies', t => {
  const shape = kit.shape({ list: kit.list(kit.shape({ text: kit.nullable(kit.text({ max: 7 })) }), { max: 1 }) })
  t.like(schemaOf(shape).properties?.list?.items?.properties?.text, { minLength: 1, maxLength: 7 })
})

test('OpenAPI 3.1 has exactly the routes that commands declare, and the health checks', t => {
  t.is(openApi.openapi, '3.1.0')
  const routes = [...declared.commands.values()].flatMap(({ http }) => (http ? [`post ${http}`] : []))
  const printed = Object.entries<object>(openApi.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map(method => `${method} ${path}`),
  )
  const byName = (a: string, b: string) => a.localeCompare(b)
  t.true(routes.length > 0)
  t.deepEqual(printed.toSorted(byName), [...routes, 'get /health/live', 'get /health/ready'].toSorted(byName))
})

interface Operation {
  readonly operationId: string
  readonly security: readonly object[]
  readonly responses: Readonly<Record<string, unknown>>
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: unknown }>> }
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
}
const operations = (document: { readonly paths: object }) =>
  Object.values(document.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>).flatMap(path =>
    Object.values(path),
  )
const operationOf = (document: { readonly paths: object }, name: string) =>
  operations(document).find(({ operationId }) => operationId === name.replace(':', '_'))

test('a route asks for a token exactly where its command does', t => {
  for (const { name, auth, http } of declared.commands.values())
    if (http) t.deepEqual(operationOf(openApi, name)?.security, auth === 'user' ? [{ bearer: [] }] : [], name)
})

test('a route answers 200 and one status for every failure code', t => {
  const statuses = [...declared.failures.values()].map(({ code }) => String(httpStatusOf(code)))
  for (const { name, http } of declared.commands.values())
    if (http) {
      const { responses = {} } = operationOf(openApi, name) ?? {}
      for (const status of ['200', ...statuses]) t.true(status in responses, `${name} ${status}`)
    }
})

test('the refusals of a code name every declared reason', t => {
  for (const { code, reason } of declared.failures.values())
    t.true(JSON.stringify(openApi.components.responses[code]).includes(`"${reason}"`), `${code}/${reason}`)
})

test('a route takes its input and a clientId as its body', t => {
  const post = operationOf(openApiOf(small), 'tea:order')
  t.deepEqual(post?.requestBody?.content['application/json']?.schema, schemaOf(orderTea.envelope))
})

test('no two operations share an id', t => {
  const ids = operations(openApi).map(({ operationId }) => operationId)
  t.is(new Set(ids).size, ids.length)
})

test('every reference leads somewhere', t => {
  const references = [...JSON.stringify(openApi).matchAll(/"\$ref":"([^"]+)"/g)].map(([, target = '']) => target)
  t.true(references.length > 10)
  for (const target of references) {
    const [root, ...steps] = target.split('/')
    t.is(root, '#')
    const found = steps.reduce<unknown>((at, step) => Reflect.get(Object(at), step), openApi)
    t.is(typeof found, 'object', target)
  }
})

test('the document says nothing that JSON cannot', t => {
  t.deepEqual(JSON.parse(JSON.stringify(openApi)), openApi)
})

test('both are printed without any configuration', t => {
  const print = (...args: string[]) =>
    execFileSync(process.execPath, ['src/main/contract.ts', ...args], { env: {}, encoding: 'utf8' })
  t.is(print(), contract)
  t.deepEqual(JSON.parse(print('--openapi')), JSON.parse(JSON.stringify(openApi)))
})
