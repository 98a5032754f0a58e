import type { Description } from 'joi'
import type { Field } from '../../kernel/shape.ts'

/** The part of JSON Schema that fields and shapes need. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly enum?: readonly (string | null)[]
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: JsonSchema
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: boolean
}

type Part = Description & { readonly items?: readonly Part[]; readonly keys?: Readonly<Record<string, Part>> }

/** A field as JSON Schema 2020-12, which is that of OpenAPI 3.1. */
export const schemaOf = ({ schema }: Field<unknown>): JsonSchema =>
  whole(schema['~standard'].jsonSchema.input({ target: 'draft-2020-12' }), schema.describe())

/** joi leaves out what it cannot know: the lengths that a custom rule checks, and that null is one of the words. */
function whole(schema: JsonSchema, part: Part = {}): JsonSchema {
  const { items, properties } = schema
  const lengths = (part.metas as readonly object[] | undefined)?.reduce((all, meta) => ({ ...all, ...meta }), {})
  const fields = Object.entries(properties ?? {}).map(([name, field]) => [name, whole(field, part.keys?.[name])])
  return {
    ...schema,
    ...lengths,
    ...(schema.enum && isNullable(schema) && { enum: [...schema.enum, null] }),
    ...(items && { items: whole(items, part.items?.[0]) }),
    ...(properties && { properties: Object.fromEntries(fields) as Record<string, JsonSchema> }),
  }
}

export const isNullable = ({ type }: JsonSchema): boolean => Array.isArray(type) && type.includes('null')
