import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { TRUSTED_HOPS: '0', LIMIT_SCALE: '1' } })

test('without a proxy in front, nobody chooses the address they are counted by', async t => {
  const statuses: number[] = []
  for (let i = 10; i < 45; i++) {
    const { status } = await fetch(`${t.context.urls[i % 2]}/v1/auth/code`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-forwarded-for': `203.0.113.${i}`,
        forwarded: `for=203.0.113.${i}`,
        'x-real-ip': `203.0.113.${i}`,
      },
      body: JSON.stringify({ phone: `+12025559${i}0` }),
    })
    statuses.push(status)
  }
  t.is(statuses.filter(status => status === 200).length, 10)
  t.is(statuses.at(-1), 429)
})
