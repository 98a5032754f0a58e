import { isNullable, type JsonSchema } from './schema.ts'

export const WIDTH = 100

/** A schema in the manner of TypeScript: `{ text: string(1–2000), cursor?: uuid }`, broken over lines where it is long. */
export function notation(schema: JsonSchema, indent = ''): string {
  const plain = words(schema) ?? scalar(schema) ?? array(schema, indent) ?? object(schema, indent)
  return isNullable(schema) ? `${plain} | null` : plain
}

const words = (schema: JsonSchema) =>
  schema.enum
    ?.filter(word => word !== null)
    .map(word => `'${word}'`)
    .join(' | ')

const FORMATS: Readonly<Record<string, string>> = { uuid: 'uuid', 'date-time': 'instant', uri: 'url' }

function scalar(schema: JsonSchema): string | undefined {
  const [type] = [schema.type].flat().filter(type => type !== 'null')
  if (type === 'boolean') return 'boolean'
  if (type === 'integer' || type === 'number') return `${type}${range(schema.minimum, schema.maximum)}`
  if (type !== 'string') return undefined
  const known = FORMATS[schema.format ?? '']
  if (known) return known
  return schema.pattern ? `string(/${schema.pattern}/)` : `string${range(schema.minLength, schema.maxLength)}`
}

function range(least: number | undefined, most: number | undefined): string {
  if (most === undefined) return least === undefined ? '' : `(≥${least})`
  return least === undefined ? `(≤${most})` : `(${least}–${most})`
}

function array({ items, maxItems, uniqueItems }: JsonSchema, indent: string): string | undefined {
  if (!items) return undefined
  const item = notation(items, indent)
  const isUnion = items.enum !== undefined || isNullable(items)
  const most = maxItems === undefined ? '' : `≤${maxItems}`
  return `${isUnion ? `(${item})` : item}[${most}${uniqueItems ? ' unique' : ''}]`
}

function object({ properties = {}, required = [], patternProperties }: JsonSchema, indent: string): string {
  const deeper = `${indent}  `
  const fields = [
    ...Object.entries(properties).map(
      ([name, field]) => `${name}${required.includes(name) ? '' : '?'}: ${notation(field, deeper)}`,
    ),
    ...Object.values(patternProperties ?? {}).map(field => `[name: string]: ${notation(field, deeper)}`),
  ]
  if (fields.length === 0) return '{}'
  const line = `{ ${fields.join(', ')} }`
  if (indent.length + line.length <= WIDTH && !line.includes('\n')) return line
  return `{\n${fields.map(field => `${deeper}${field}\n`).join('')}${indent}}`
}
