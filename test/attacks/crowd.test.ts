import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'
import { openWire, Refused, signedWire, tokenOf } from './support/wire.ts'

const test = anyTest as WorldTest
withWorld(test, { env: { LIMIT_SCALE: '1' } })

test('strangers of one address leave room for others and for those signed in', async t => {
  const [ada] = await t.context.cast('Ada')
  const crowd = await Promise.allSettled(Array.from({ length: 120 }, () => openWire(t.context.urls[1])))
  const inside = crowd.filter(({ status }) => status === 'fulfilled').length
  t.is(inside, 50)
  for (const one of crowd) if (one.status === 'rejected') t.is((one.reason as Refused).status, 429)
  t.is((await fetch(`${t.context.urls[1]}/health/live`)).status, 200)
  await ada.call('session:list', {})
  for (const one of crowd) if (one.status === 'fulfilled') one.value.vanish()
})

test('strangers who come and go find the door closed for the rest of the minute', async t => {
  const [ada] = await t.context.cast('Ada')
  const token = await tokenOf(ada)
  for (let i = 0; i < 5; i++) (await signedWire(t.context.urls[0], token)).vanish() // these do not count
  let came = 0
  const refused = await t.throwsAsync(
    async () => {
      for (; came < 200; came++) {
        const wire = await openWire(t.context.urls[0])
        wire.vanish()
        await wire.closed
      }
    },
    { instanceOf: Refused },
  )
  t.is(refused?.status, 429)
  t.true(came >= 60 && came <= 120, String(came)) // in case a minute has just ended
  await ada.call('session:list', {})
})
