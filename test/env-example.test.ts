import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import test from 'ava'
import { variables } from '../src/main/config.ts'
import { envExample } from '../src/main/env-example.ts'

const SECRET = /_URL$|_KEYS?$|_TOKEN$|_SID$|_CREDENTIALS$/

test('.env.example is what the declared variables print (node src/main/env-example.ts > .env.example)', t => {
  t.is(readFileSync('.env.example', 'utf8'), envExample())
})

test('the example reads as an environment that names every variable, and none has a line break in it', t => {
  const byName = (a: string, b: string) => a.localeCompare(b)
  t.deepEqual(Object.keys(parseEnv(envExample())).toSorted(byName), Object.keys(variables).toSorted(byName))
})

test('the example has no value for anything secret', t => {
  const secrets = Object.entries(parseEnv(envExample())).filter(([name]) => SECRET.test(name) && name !== 'APP_URL') // which everybody sees
  t.true(secrets.length >= 10)
  t.deepEqual(
    secrets.filter(([, value]) => value !== ''),
    [],
  )
})

test('the example shows the defaults', t => {
  t.like(parseEnv(envExample()), {
    NODE_ENV: 'production',
    PORT: '3000',
    INTERNAL_HOST: '127.0.0.1',
    REDIS_PREFIX: 'kith',
  })
})
