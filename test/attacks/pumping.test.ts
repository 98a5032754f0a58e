import { randomInt } from 'node:crypto'
import anyTest from 'ava'
import { Redis } from 'ioredis'
import { messagesTo } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { LIMIT_SCALE: '1', TRUSTED_HOPS: '1', SMS_COUNTRIES: 'DE,AT' } })

/** Numbers of one block, which no other test uses. */
const first = randomInt(999_000)
const numbersOf = (block: string, count: number) =>
  Array.from({ length: count }, (_, n) => `${block}${String(first + n).padStart(6, '0')}`)

async function askFor({ urls }: World, phone: string, address: string) {
  const response = await fetch(`${urls[0]}/v1/auth/code`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ phone }),
  })
  return { status: response.status, keys: Object.keys((await response.json()) as object) }
}

test.serial('of forty codes for the numbers of one block thirty are sent, and all are answered alike', async t => {
  const phones = numbersOf('+4915112', 40)
  const answers = await Promise.all(phones.map((phone, n) => askFor(t.context, phone, `198.51.100.${n}`)))
  for (const answer of answers) t.deepEqual(answer, { status: 200, keys: ['ok', 'data', 'meta'] })

  // Once a text to another block has been sent that was asked for after all of them, none of them is on its way.
  const [other = ''] = numbersOf('+491701', 1)
  const inbox = t.context.env.SMS_ENDPOINT ?? ''
  const before = await messagesTo(inbox, other)
  t.is((await askFor(t.context, other, '198.51.100.99')).status, 200)
  await messagesTo(inbox, other, before.length)
  const sent = await Promise.all(phones.map(async phone => (await messagesTo(inbox, phone)).length))
  t.is(
    sent.reduce((sum, count) => sum + count, 0),
    30,
  )
})

test.serial('a country that is not served is refused by name, before anything is kept', async t => {
  const before = await t.context.db('challenges').count()
  t.is((await askFor(t.context, '+33612345678', '203.0.113.1')).status, 400)
  t.is((await askFor(t.context, '+49 900 1234567', '203.0.113.2')).status, 400)
  t.deepEqual(await t.context.db('challenges').count(), before)
})

/** As if a minute had passed: what is counted by the minute is forgotten. */
async function letMinutePass({ env }: World) {
  const redis = new Redis(env.REDIS_URL ?? '')
  const counted = await redis.keys(`${env.REDIS_PREFIX}:limit:60:*`)
  await redis.del(...counted)
  redis.disconnect()
}

test.serial('one phone is sent one code a minute and five an hour, whoever asks from wherever', async t => {
  const [phone = ''] = numbersOf('+491702', 1)
  const statuses: number[] = []
  for (let i = 0; i < 14; i++) {
    if (i % 2 === 0 && i > 0) await letMinutePass(t.context)
    statuses.push((await askFor(t.context, phone, `192.0.2.${i}`)).status)
  }
  t.deepEqual(statuses, [200, 429, 200, 429, 200, 429, 200, 429, 200, 429, 429, 429, 429, 429])
})
