import anyTest from 'ava'
import { Redis } from 'ioredis'
import { newPhone, post, sendCode, wrong, verify } from '../sessions/support/phone.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

/** What Redis keeps of this world’s limits: each key, and for how many milliseconds. */
async function countersOf({ config }: World): Promise<Map<string, number>> {
  const redis = new Redis(config.redis.url)
  const keys = await redis.keys(`${config.redis.prefix}:limit:*`)
  const left = await Promise.all(keys.map(key => redis.pttl(key)))
  redis.disconnect()
  return new Map(keys.map((key, i) => [key, left[i] ?? -1]))
}

test('what is counted names no phone, no address and no person, and is forgotten', async t => {
  const phone = newPhone()
  const sent = await sendCode(t.context, phone)
  await verify(t.context, wrong(sent))
  await post(t.context.urls[1], '/v1/auth/code', { phone })
  const [ada] = await t.context.cast('Ada')
  await ada.call('post:create', { text: 'Hello' })

  const counters = await countersOf(t.context)
  t.true(counters.size > 8)
  const names = [...counters.keys()].join('\n')
  for (const known of [phone.slice(3), sent.challengeId, '127.0.0.1', ada.id, ada.phone.slice(5)])
    t.false(names.includes(known), known)
  for (const [key, ms] of counters) t.true(ms > 0 && ms <= 86_400_000, key)
})
