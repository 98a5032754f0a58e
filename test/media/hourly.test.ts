import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { LIMIT_SCALE: '1' } })

test('sixty files an hour are signed for, however many calls they are asked for in', async t => {
  const [ada] = await t.context.cast('Ada')
  const file = { contentType: 'image/jpeg', bytes: 10 } as const
  const ask = (count: number) => ({ files: Array.from({ length: count }, () => file) })
  for (let round = 0; round < 6; round++) {
    const { uploads } = await ada.call('upload:sign', ask(round < 5 ? 10 : 9))
    for (const { mediaId } of uploads) await ada.call('media:remove', { mediaId })
  }
  t.like(await ada.refused('upload:sign', ask(2)), { code: 'rate_limited', reason: 'too_fast' })
  await ada.call('upload:sign', ask(1))
  t.like(await ada.refused('upload:sign', ask(1)), { code: 'rate_limited', reason: 'too_fast' })
})
