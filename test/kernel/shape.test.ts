import test, { type ExecutionContext } from 'ava'
import { Failure } from '../../src/kernel/failure.ts'
import { page, pageInput } from '../../src/kernel/page.ts'
import {
  assertShape,
  bool,
  dictionary,
  extended,
  id,
  instant,
  integer,
  list,
  nullable,
  oneOf,
  optional,
  parse,
  partOf,
  shape,
  text,
  token,
  url,
  type Field,
  type Shape,
} from '../../src/kernel/shape.ts'

const ID = '0192f0c1-2345-7abc-8def-0123456789ab'

/** The fields a stranger is blamed for, each with the reason; empty when all are right. */
function blamed(expected: Shape<unknown>, raw: unknown): Readonly<Record<string, string>> {
  try {
    parse(expected, raw)
    return {}
  } catch (error) {
    if (error instanceof Failure && error.reason === 'invalid') return error.detail.fields ?? {}
    throw error
  }
}

/** Holds that a field takes each of `good` as it is, and none of `bad`. */
function holds(t: ExecutionContext, field: Field<unknown>, { good, bad }: { good: unknown[]; bad: unknown[] }) {
  const box = shape({ it: field })
  for (const it of good) t.deepEqual(parse(box, { it }), { it })
  for (const it of bad) t.regex(Object.keys(blamed(box, { it })).join(), /^it/, JSON.stringify(it))
}

test('text counts code points, not the units of UTF-16', t => {
  holds(t, text({ min: 2, max: 3 }), { good: ['ab', 'abc', '😀😀😀'], bad: ['a', 'abcd', '😀', '😀😀😀😀'] })
})

test('text that must be there is not blank', t => {
  holds(t, text({ max: 9 }), { good: ['a', ' a '], bad: ['', ' ', '\n\t', '\u00a0', null, 5, ['a'], undefined] })
  holds(t, text({ min: 2, max: 9 }), { good: ['ab'], bad: ['', 'a', '  '] })
  holds(t, text({ min: 0, max: 9 }), { good: ['', '  ', 'a'], bad: [null] })
})

test('text that is asked for has something to see', t => {
  holds(t, text({ max: 9 }), {
    good: ['a', 'é', '安', '🙂', '\u200fa'],
    bad: ['\u202e\u202e', '\u200b', '\u00ad', '\u3000'],
  })
})

test('a line has no breaks, control characters, or turns of direction', t => {
  const bad = ['a\nb', 'a\tb', 'a\u0007', 'a\u2028b', '\u202eabc', '\u2066abc']
  holds(t, text({ max: 9, line: true }), { good: ['Ada L.', 'Zoë', 'می\u200cنا', '👩\u200d👧'], bad })
})

test('text is well-formed and without NUL', t => {
  const bad = ['\0', 'a\0b', '\ud83d', 'a\udc00', '\udc00\ud83d']
  holds(t, text({ max: 9 }), { good: ['\ud83d\ude00'], bad })
  holds(t, text({ min: 0, max: 9 }), { good: [], bad })
})

test('nothing is converted: what is accepted is what was sent', t => {
  holds(t, integer({ min: 0, max: 9 }), { good: [0, 9], bad: ['3', 1.5, -1, 10, Infinity, NaN, null, true] })
  holds(t, bool(), { good: [true, false], bad: ['true', 1, 0, null] })
  holds(t, oneOf('a', 'b'), { good: ['a', 'b'], bad: ['A', ' a', '', null, ['a']] })
  holds(t, token(/^[a-z]{2}$/, 'two letters'), { good: ['ab'], bad: ['AB', ' ab', 'abc', ''] })
  holds(t, url(), { good: ['https://kith.example/a?b=c'], bad: ['javascript:alert(1)', '/a', 'kith.example', ''] })
  holds(t, dictionary(), { good: [{}, { a: 'b' }], bad: [{ a: 5 }, [], 'a', { ['a'.repeat(101)]: 'b' }] })
})

test('an id is a canonical lower-case UUID', t => {
  const bad = [
    ID.toUpperCase(),
    ID.replaceAll('-', ''),
    `{${ID}}`,
    `${ID} `,
    ID.slice(1),
    ID.replaceAll('-', ':'),
    '',
    5,
  ]
  holds(t, id(), { good: [ID], bad })
})

test('an instant is a whole point in time, in UTC', t => {
  const good = ['2026-11-20T09:00:00Z', '2026-11-20T09:00:00.123Z', new Date().toISOString()]
  const bad = ['2026', '2026-11-20', '2026-11-20T09:00:00+02:00', '2026-11-20T09:00:00', 'now', 1_700_000_000, '']
  holds(t, instant(), { good, bad })
})

test('a list has a limit, and no repeats when it is unique', t => {
  holds(t, list(id(), { max: 2 }), { good: [[], [ID], [ID, ID]], bad: [[ID, ID, ID], ID, [null], [[ID]], { 0: ID }] })
  t.deepEqual(parse(shape({ it: list(id(), { max: 2, unique: true }) }), { it: [ID] }), { it: [ID] })
  t.deepEqual(Object.keys(blamed(shape({ it: list(id(), { max: 2, unique: true }) }), { it: [ID, ID] })), ['it.1'])
})

test('fields are required unless optional; only nullable ones may be null', t => {
  const both = shape({ a: text({ max: 9 }), b: optional(text({ max: 9 })), c: nullable(text({ max: 9 })) })
  t.deepEqual(parse(both, { a: 'x', c: null }), { a: 'x', c: null })
  t.deepEqual(Object.keys(blamed(both, { b: null })), ['a', 'b', 'c'])
})

test('a page is a list of at most 100 and the cursor of the next', t => {
  const numbers = page(integer({ min: 0, max: 9 }))
  t.notThrows(() => assertShape(numbers, { items: [1, 2], nextCursor: null }, 'page'))
  t.notThrows(() => assertShape(numbers, { items: [], nextCursor: ID }, 'page'))
  t.deepEqual(Object.keys(blamed(numbers, { items: Array.from({ length: 101 }, () => 1) })), ['items', 'nextCursor'])
  t.deepEqual(parse(shape(pageInput), {}), {})
  t.deepEqual(Object.keys(blamed(shape(pageInput), { limit: 51, cursor: '1' })), ['limit', 'cursor'])
})

test('an extended shape has the fields of both, and the first one stays as it was', t => {
  const small = shape({ a: bool() })
  const large = extended(small, { b: optional(bool()) })
  t.deepEqual(parse(large, { a: true, b: false }), { a: true, b: false })
  t.deepEqual(parse(large, { a: true }), { a: true })
  t.deepEqual(Object.keys(blamed(large, { b: true })), ['a'])
  t.deepEqual(Object.keys(blamed(small, { a: true, b: false })), ['b'])
})

test('only an object is an object', t => {
  for (const raw of [null, undefined, [], 'x', 5, true]) t.throws(() => parse(shape({}), raw), { instanceOf: Failure })
})

test('every mistake is told at once, by the path of its field', t => {
  const post = shape({ text: text({ max: 3 }), media: list(shape({ alt: text({ max: 3 }) }), { max: 3 }) })
  const fields = blamed(post, { text: 'long', media: [{ alt: 'ok' }, { alt: 5, more: 1 }], owner: 'me' })
  t.deepEqual(Object.keys(fields).toSorted(), ['media.1.alt', 'media.1.more', 'owner', 'text'])
  t.is(fields.owner, 'owner is not allowed')
})

test('what is told of mistakes has an end', t => {
  const long = 'k'.repeat(500)
  const fields = blamed(shape({}), Object.fromEntries(Array.from({ length: 30 }, (_, i) => [long + i, 1])))
  t.true(Object.keys(fields).length <= 20)
  for (const [path, message] of Object.entries(fields)) t.true(path.length <= 200 && message.length <= 300)
})

test('a `__proto__` from the wire is refused wherever it stands, and named', t => {
  const wire = (json: string): unknown => JSON.parse(json)
  const person = shape({
    name: text({ max: 9 }),
    more: optional(shape({ a: optional(bool()) })),
    it: optional(dictionary()),
  })
  t.deepEqual(Object.keys(blamed(person, wire('{"name":"Ada","__proto__":{"admin":true}}'))), ['__proto__'])
  t.deepEqual(Object.keys(blamed(person, wire('{"name":"Ada","more":{"__proto__":{"a":true}}}'))), ['more'])
  t.deepEqual(Object.keys(blamed(person, wire('{"name":"Ada","it":{"a":"b","__proto__":{"c":"d"}}}'))), ['it'])
  t.deepEqual(Object.keys(blamed(person, wire('{"name":"Ada","constructor":{"prototype":{}}}'))), ['constructor'])
  t.is(Reflect.get({}, 'admin'), undefined)
})

test('input that is no object is named `input`', t => {
  for (const raw of [null, 5, 'text', [], undefined]) t.deepEqual(Object.keys(blamed(shape({}), raw)), ['input'])
})

test('a mistake of our own is an error that names what was wrong, and no failure', t => {
  const error = t.throws(() => assertShape(shape({ a: bool() }), { a: true, phone: '1' }, 'post:get'))
  t.false(error instanceof Failure)
  t.is(error.message, 'post:get: phone is not allowed')
})

test('of a part any field at any depth may be left out, and what is there is as strict as the whole', t => {
  const tea = shape({ leaf: oneOf('green', 'black'), pot: shape({ cups: integer({ min: 1, max: 9 }), lid: bool() }) })
  const part = partOf(tea)
  for (const raw of [{}, { pot: {} }, { pot: { lid: true } }, { leaf: 'green', pot: { cups: 1 } }])
    t.deepEqual(parse(part, raw) as object, raw)
  t.deepEqual(Object.keys(blamed(part, { leaf: 'red', pot: { cups: 0, tea: 1 }, milk: 1 })).toSorted(), [
    'leaf',
    'milk',
    'pot.cups',
    'pot.tea',
  ])
  t.deepEqual(Object.keys(blamed(part, { leaf: null, pot: null })), ['leaf', 'pot'])
  t.deepEqual(Object.keys(blamed(tea, { pot: {} })), ['leaf', 'pot.cups', 'pot.lid'])
})
