/**
 * Terminology
 * - field: one value with its rule, built on joi and carrying its TypeScript type.
 * - shape: an object of named fields. Inputs, acks, event payloads and job payloads are shapes.
 * Fields are required unless wrapped in `optional`. Values are never converted: what is accepted is what was sent.
 */
import Joi from 'joi'
import { Invalid } from './failure.ts'
import type { Part } from './part.ts'
import { refuseOdd } from './plain.ts'

declare const typed: unique symbol

export interface Field<T> {
  readonly schema: Joi.Schema
  readonly [typed]: T
}
export interface OptionalField<T> extends Field<T> {
  readonly absent: true
}
export interface Shape<T> extends Field<T> {
  readonly schema: Joi.ObjectSchema
}

/** The TypeScript type a field or shape describes. */
export type Infer<F> = F extends Field<infer T> ? T : never

type Fields = Readonly<Record<string, Field<unknown>>>
type Flat<T> = { [K in keyof T]: T[K] }
type ShapeOf<F extends Fields> = Flat<
  { readonly [K in keyof F as F[K] extends { absent: true } ? never : K]: Infer<F[K]> } & {
    readonly [K in keyof F as F[K] extends { absent: true } ? K : never]?: Infer<F[K]>
  }
>

const field = <T>(schema: Joi.Schema): Field<T> => ({ schema: schema.required() }) as unknown as Field<T>

const schemasOf = (fields: Fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema]))

/** An object with exactly these fields; any other key is refused. */
export const shape = <F extends Fields>(fields: F): Shape<ShapeOf<F>> =>
  ({ schema: Joi.object(schemasOf(fields)).required() }) as unknown as Shape<ShapeOf<F>>

/** The same shape with more fields. */
export const extended = <T, F extends Fields>(base: Shape<T>, fields: F): Shape<T & ShapeOf<F>> =>
  ({ schema: base.schema.keys(schemasOf(fields)) }) as unknown as Shape<T & ShapeOf<F>>

/** Marks a field that may be left out. */
export const optional = <T>({ schema }: Field<T>): OptionalField<T> =>
  ({ schema: schema.optional(), absent: true }) as unknown as OptionalField<T>

const pathsIn = ({ keys = {} }: Joi.Description): string[] =>
  Object.entries(keys as Record<string, Joi.Description>).flatMap(([key, within]) => [
    key,
    ...pathsIn(within).map(path => `${key}.${path}`),
  ])

/** The same shape, of which any field at any depth may be left out. */
export const partOf = <T>({ schema }: Shape<T>): Shape<Part<T>> =>
  ({ schema: schema.fork(pathsIn(schema.describe()), field => field.optional()) }) as unknown as Shape<Part<T>>

/** A field that may also be null. */
export const nullable = <T>({ schema }: Field<T>): Field<T | null> => field(schema.allow(null))

const isClean = (value: string) => value.isWellFormed() && !value.includes('\0')

/** A character one can see: neither a space nor a control or format character. */
const VISIBLE = /[^\p{C}\p{Z}]/u
/** What ends a line, controls a terminal, or turns the direction of the text around it. */
const UNRULY = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/**
 * Text of `min` to `max` characters (code points): well-formed, without NUL, with something to see when `min` is above 0.
 * As a `line`, such as a name, it also has no line breaks or control characters.
 */
export const text = ({ min = 1, max, line = false }: { min?: number; max: number; line?: boolean }): Field<string> =>
  field(
    (min > 0 ? Joi.string() : Joi.string().allow('')) // an allowed value is never looked at by the rule below
      .meta({ minLength: min, maxLength: max })
      .custom((value: string, helpers) => {
        if (!isClean(value)) return helpers.error('text.malformed')
        if (line && UNRULY.test(value)) return helpers.error('text.line')
        const length = Array.from(value).length
        if (length > max) return helpers.error('string.max', { limit: max })
        if (length < min || (min > 0 && !VISIBLE.test(value))) return helpers.error('string.min', { limit: min })
        return value
      })
      .messages({
        'text.malformed': '{{#label}} must be well-formed text',
        'text.line': '{{#label}} must be one line without control characters',
      }),
  )

/** Short machine text that matches `pattern`. */
export const token = (pattern: RegExp, what: string): Field<string> =>
  field(Joi.string().pattern(pattern).message(`{{#label}} must be ${what}`))

/** A canonical lower-case UUID, branded as the id of one kind of thing. */
export const id = <T extends string>(): Field<T> => field(Joi.string().guid({ separator: '-' }).lowercase().length(36))

export const integer = ({ min, max }: { min: number; max: number }): Field<number> =>
  field(Joi.number().integer().min(min).max(max))

export const bool = (): Field<boolean> => field(Joi.boolean())

const EMAIL = Joi.string().email({ tlds: false, minDomainSegments: 2 }).max(254)

/** Whether a text is an e-mail address; none is written to. */
export const isEmail = (text: string): boolean => !EMAIL.validate(text, { convert: false }).error

/** One of a closed list of words. */
export const oneOf = <const T extends readonly string[]>(...words: T): Field<T[number]> => field(Joi.valid(...words))

/** A point in time as ISO 8601 text in UTC. */
export const instant = (): Field<string> =>
  field(
    Joi.string()
      .isoDate()
      .pattern(/T[\d:.]+Z$/)
      .message('{{#label}} must be a time in UTC'),
  )

export const url = ({ max = 2048 }: { max?: number } = {}): Field<string> =>
  field(
    Joi.string()
      .uri({ scheme: ['https', 'http'] })
      .max(max),
  )

/** `min` to `max` items of one kind, without repeats when `unique`. */
export function list<T>(
  of: Field<T>,
  { min = 0, max, unique = false }: { min?: number; max: number; unique?: boolean },
): Field<readonly T[]> {
  const items = Joi.array().items(of.schema.optional()).min(min).max(max) // a required item would forbid the empty list
  return field(unique ? items.unique() : items)
}

/** Text keyed by short text, such as the headers of a request. */
export const dictionary = (): Field<Readonly<Record<string, string>>> =>
  field(Joi.object().pattern(Joi.string().max(100), Joi.string().max(2048)))

const OPTIONS: Joi.ValidationOptions = { abortEarly: false, convert: false, errors: { wrap: { label: false } } }

/** Reads what a stranger sent: a mistake is theirs, and is told to them field by field. */
export function parse<T>(expected: Shape<T>, raw: unknown): T {
  refuseOdd(raw)
  const { value, error } = expected.schema.validate(raw, OPTIONS) as { value: T; error?: Joi.ValidationError }
  if (!error) return value
  const fields = error.details
    .slice(0, 20)
    .map(({ path, message }) => [path.join('.').slice(0, 200) || 'input', message.slice(0, 300)])
  throw Invalid({ fields: Object.fromEntries(fields) as Record<string, string> })
}

/** Checks what we made ourselves: a mistake, or a field too many, is our bug. */
export function assertShape<T>(expected: Shape<T>, value: unknown, what: string): asserts value is T {
  const { error } = expected.schema.validate(value, OPTIONS)
  if (error) throw new Error(`${what}: ${error.message}`)
}
