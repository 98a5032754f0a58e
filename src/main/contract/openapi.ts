import type { Registry } from '../../kernel/app.ts'
import type { Command } from '../../kernel/command.ts'
import { httpStatusOf, type Code, type FailureKind } from '../../kernel/failure.ts'
import { limitsOf } from './markdown.ts'
import { schemaOf } from './schema.ts'

type Routed = Command & { readonly http: string }

/** The commands that have a route, and the health checks, as an OpenAPI 3.1 document. */
export function openApiOf({ commands, failures }: Registry) {
  const byCode = Map.groupBy(failures.values(), ({ code }) => code)
  const routed = [...commands.values()].filter((command): command is Routed => command.http !== undefined)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Kith',
      version: '1',
      description: 'Signing in and uploading. Everything else goes over the socket; see the contract.',
    },
    servers: [{ url: '/' }],
    paths: {
      ...Object.fromEntries(routed.map(command => [command.http, { post: operationOf(command, [...byCode.keys()]) }])),
      '/health/live': { get: healthOf('live', 'Whether the process runs.') },
      '/health/ready': {
        get: healthOf('ready', 'Whether everything the process needs is there.', { 503: failed('Something is away.') }),
      },
    },
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Meta, Failed: failedSchema([...byCode.keys()]) },
      responses: Object.fromEntries([...byCode].map(([code, kinds]) => [code, refusal(code, kinds)])),
    },
  }
}

const ref = (path: string) => ({ $ref: `#/components/${path}` })
const json = (schema: object) => ({ 'application/json': { schema } })
const object = (properties: Readonly<Record<string, object>>, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
})

const Meta = object({ requestId: { type: 'string', format: 'uuid' }, cursor: { type: 'string' } }, ['requestId'])

const failedSchema = (codes: readonly Code[]) =>
  object(
    {
      ok: { const: false },
      error: object(
        {
          code: { type: 'string', enum: codes },
          reason: { type: 'string' },
          message: { type: 'string' },
          retry: { type: 'boolean', description: 'Whether the same request may succeed later.' },
          retryAfterMs: { type: 'integer', minimum: 0 },
          fields: { type: 'object', additionalProperties: { type: 'string' }, description: 'What is wrong, by field.' },
        },
        ['code', 'reason', 'message', 'retry'],
      ),
      meta: ref('schemas/Meta'),
    },
    ['ok', 'error'],
  )

const failed = (description: string) => ({ description, content: json(ref('schemas/Failed')) })

function refusal(code: Code, kinds: readonly FailureKind[]) {
  const error = { properties: { code: { const: code }, reason: { enum: kinds.map(({ reason }) => reason) } } }
  return {
    description: kinds.map(({ reason, message }) => `${reason}: ${message}.`).join(' '),
    ...(code === 'rate_limited' && {
      headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } },
    }),
    content: json({ allOf: [ref('schemas/Failed'), { properties: { error } }] }),
  }
}

function operationOf(command: Routed, codes: readonly Code[]) {
  const data = schemaOf(command.ack)
  return {
    operationId: command.name.replace(':', '_'),
    summary: command.about,
    description: `The command \`${command.name}\`. Limits: ${limitsOf(command)}.`,
    security: command.auth === 'user' ? [{ bearer: [] }] : [],
    requestBody: { required: true, content: json(schemaOf(command.envelope)) },
    responses: {
      200: {
        description: 'Done.',
        content: json(object({ ok: { const: true }, data, meta: ref('schemas/Meta') })),
      },
      ...Object.fromEntries(codes.map(code => [httpStatusOf(code), ref(`responses/${code}`)])),
    },
  }
}

const healthOf = (name: string, summary: string, others: object = {}) => ({
  operationId: `health_${name}`,
  summary,
  security: [],
  responses: { 200: { description: 'Yes.', content: json(object({ ok: { const: true } })) }, ...others },
})
