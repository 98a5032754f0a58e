import anyTest from 'ava'
import { plantPeople } from '../support/crowd.ts'
import { openWorld, type WorldTest } from '../support/world.ts'
import { openPassage, type Passage } from './support/passage.ts'
import { signedWire } from './support/wire.ts'

const test = anyTest as WorldTest
let passage: Passage

test.before(async t => {
  passage = await openPassage(process.env.REDIS_URL ?? '')
  t.context = await openWorld({ env: { REDIS_URL: passage.url, LIMIT_SCALE: '1' } })
})
test.after.always(async t => {
  passage.open()
  await t.context[Symbol.asyncDispose]?.()
  await passage[Symbol.asyncDispose]()
})

const signIn = (url: string, phone: string) =>
  fetch(`${url}/v1/auth/code`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ phone }),
  })

for (const [away, phone] of [
  ['block', '+12025559998'],
  ['freeze', '+12025559999'],
] as const)
  test.serial(`while Redis is away (${away}), signing in waits for it, and a share of all else goes on`, async t => {
    const [ada] = await plantPeople(t.context.db, t.context.config, 1)
    const [url] = t.context.urls
    const wire = await signedWire(url, ada?.token ?? '')
    await wire.frame('42["log:ready"')
    passage[away]()
    const begun = performance.now()

    const refused = await signIn(url, phone)
    t.is(refused.status, 503)
    t.like(await refused.json(), { ok: false, error: { code: 'internal', reason: 'unavailable', retry: true } })

    const acks = []
    for (let i = 0; i < 17; i++) acks.push(await wire.ask('session:list', '{}'))
    t.deepEqual(
      acks.map(ack => (ack?.ok ? 'ok' : ack?.error.code)),
      [...Array<string>(15).fill('ok'), 'rate_limited', 'rate_limited'],
    )
    const posts = []
    for (let i = 0; i < 5; i++) posts.push(await wire.ask('post:create', '{"text":"Hello","visibility":"private"}'))
    t.deepEqual(
      posts.map(ack => (ack?.ok ? 'ok' : ack?.error.code)),
      ['ok', 'ok', ...Array<string>(3).fill('rate_limited')],
    )
    t.true(performance.now() - begun < 5000)

    passage.open()
    let back = await signIn(url, phone)
    for (; back.status === 503; back = await signIn(url, phone)) await back.text()
    t.is(back.status, 200)
    wire.vanish()
  })
