import Joi from 'joi'
import { bytesOf, listOf, notInProduction } from './rules.ts'

/** Settings that libraries read by themselves, and that would lead them astray or make them trust anyone. */
const UNSAFE = ['STORAGE_EMULATOR_HOST', 'FIREBASE_AUTH_EMULATOR_HOST', 'NODE_TLS_REJECT_UNAUTHORIZED']
const SECRETS = ['ACCESS_TOKEN_KEYS', 'SEAL_KEYS', 'INDEX_KEYS', 'CODE_KEY', 'REFRESH_KEY', 'PASSWORD_KEYS']

const OPTIONS: Joi.ValidationOptions = {
  abortEarly: false,
  allowUnknown: true,
  errors: { wrap: { label: false } },
  messages: {
    must: '{{#label}} must be {{#what}}',
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
  const given = Object.fromEntries(trimmed.filter(([, value]) => value)) as Record<string, string>
  const unsafe = Object.fromEntries(UNSAFE.map(name => [name, notInProduction(Joi.string())]))
  const result: Joi.ValidationResult<unknown> = Joi.object({ ...rules, ...unsafe }).validate(given, OPTIONS)
  const mistakes = Map.groupBy(result.error?.details ?? [], ({ path }) => path[0]).values()
  const lines = [...[...mistakes].map(([first]) => first?.message), ...sharedKeys(given)]
  if (lines.length > 0) throw new Error(`The environment is not right:\n${lines.map(line => `  ${line}`).join('\n')}`)
  return result.value
}

/** A key that serves two purposes is as weak as the weaker of them. */
function sharedKeys(given: Readonly<Record<string, string>>): string[] {
  const keys = SECRETS.flatMap(name => keysIn(given[name]).map(key => ({ name, key: key.toString('hex') })))
  const users = [...Map.groupBy(keys, ({ key }) => key).values()].map(list => list.map(({ name }) => name))
  return users
    .filter(({ length }) => length > 1)
    .map(names => `${[...new Set(names)].join(' and ')} must not share a key`)
}

const keysIn = (ring = '') =>
  listOf(ring)
    .map(pair => bytesOf(pair.replace(/^.*:/, '')))
    .filter(({ length }) => length === 32)
