import Joi from 'joi'
import { bytesOf, listOf, notInProduction } from './rules.ts'

/** Settings that libraries read by themselves, and that would lead them astray or make them trust anyone. */
const UNSAFE = ['STORAGE_EMULATOR_HOST', 'FIREBASE_AUTH_EMULATOR_HOST', 'NODE_TLS_REJECT_UNAUTHORIZED']
const SECRETS = ['ACCESS_TOKEN_KEYS', 'SEAL_KEYS', 'INDEX_KEY', 'CODE_KEY', 'REFRESH_KEY']

const OPTIONS: Joi.ValidationOptions = {
  abortEarly: false,
  allowUnknown: true,
  errors: { wrap: { label: false } },
  messages: {
    must: '{{#label}} must be {{#what}}',
    shared: '{{#names}} must not share a key',
    'any.required': '{{#label}} is missing',
    'any.unknown': '{{#label}} must not be set in production',
  },
}

/**
 * Reads what there are rules for. Throws one error with the first mistake of each variable, and no value.
 * Space around a value, such as the line end of a secret's file, is no part of it; nothing but space is nothing.
 */
export function read(env: NodeJS.ProcessEnv, rules: Readonly<Record<string, Joi.Schema>>): unknown {
  const trimmed = Object.entries(env).map(([name, value]) => [name, value?.trim()])
  const given: unknown = Object.fromEntries(trimmed.filter(([, value]) => value))
  const unsafe = Object.fromEntries(UNSAFE.map(name => [name, notInProduction(Joi.string())]))
  const expected = Joi.object({ ...rules, ...unsafe }).custom(withoutSharedKeys)
  const result: Joi.ValidationResult<unknown> = expected.validate(given, OPTIONS)
  if (!result.error) return result.value
  const mistakes = Map.groupBy(result.error.details, ({ path }) => path[0])
  const lines = [...mistakes.values()].map(([first]) => `  ${first?.message}`)
  throw new Error(`The environment is not right:\n${lines.join('\n')}`)
}

/** A key that serves two purposes is as weak as the weaker of them. */
const withoutSharedKeys: Joi.CustomValidator<Readonly<Record<string, string>>> = (values, helpers) => {
  const keys = SECRETS.flatMap(name => keysIn(values[name]).map(key => ({ name, key: key.toString('hex') })))
  const shared = [...Map.groupBy(keys, ({ key }) => key).values()].filter(users => users.length > 1).flat()
  if (shared.length === 0) return values
  return helpers.error('shared', { names: [...new Set(shared.map(({ name }) => name))].join(' and ') })
}

const keysIn = (ring = '') =>
  listOf(ring)
    .map(pair => bytesOf(pair.replace(/^.*:/, '')))
    .filter(({ length }) => length === 32)
