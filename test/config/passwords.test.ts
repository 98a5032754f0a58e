import test from 'ava'
import { readConfig } from '../../src/main/config.ts'
import { complaints, key, production } from '../support/production.ts'

test('the keys of passwords are a ring that shares no key with another purpose', t => {
  const [first, second] = [key(), key()]
  const { passwords } = readConfig({ ...production, PASSWORD_KEYS: `p2:${second},p1:${first}` }).keys
  t.is(passwords.activeKid, 'p2')
  t.deepEqual(passwords.keys.p1, Buffer.from(first, 'base64'))
  t.deepEqual(complaints({ PASSWORD_KEYS: first }).length, 1)
  t.deepEqual(complaints({ PASSWORD_KEYS: `p1:${production.CODE_KEY}` }), [
    'CODE_KEY and PASSWORD_KEYS must not share a key',
  ])
})

test('a password costs 12 to 15, and less in tests only', t => {
  t.is(readConfig(production).passwordCost, 12)
  for (const cost of ['12', '15']) t.deepEqual(complaints({ PASSWORD_COST: cost }), [])
  for (const cost of ['4', '11', '16', '12.5', 'high']) t.is(complaints({ PASSWORD_COST: cost }).length, 1, cost)
  t.deepEqual(complaints({ NODE_ENV: 'test', PASSWORD_COST: '4' }), [])
  t.is(complaints({ NODE_ENV: 'test', PASSWORD_COST: '3' }).length, 1)
})
