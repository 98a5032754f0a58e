import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'
import { deep, deepObject } from './support/hostile.ts'
import { openWire, signedWire, tokenOf } from './support/wire.ts'

const test = anyTest as WorldTest
withWorld(test)

const many = (item: string, count: number) => `[${`${item},`.repeat(count - 1)}${item}]`
const keys = `{${Array.from({ length: 5000 }, (_, i) => `"k${i}":0`).join()}}`
const BOMBS = [
  `{"media":${many('0', 30_000)}}`,
  `{"media":${many('{}', 20_000)}}`,
  `{"media":${many(many('{}', 100), 200)}}`,
  `{"media":${deep(30_000)}}`,
  `{"media":[${keys}]}`,
  deepObject(10_000),
  keys,
  `{"${'k'.repeat(60_000)}":0}`,
  `{"text":"${'\\ud83d\\ude00'.repeat(5001)}"}`,
]

/** Of three times, since others take from the same processor: the least time that `act` costs this process, in microseconds. */
async function leastCost(act: () => Promise<void>): Promise<number> {
  const costs: number[] = []
  for (let n = 0; n < 3; n++) {
    const before = process.cpuUsage()
    await act()
    const { user, system } = process.cpuUsage(before)
    costs.push(user + system)
  }
  return Math.min(...costs)
}

test.serial('no frame keeps the processor for long', async t => {
  const [ada] = await t.context.cast('Ada')
  const wire = await signedWire(t.context.urls[0], await tokenOf(ada))
  await wire.frame('42["log:ready"')
  await wire.ask('post:create', '{"text":5}')
  for (const bomb of BOMBS) {
    const cost = await leastCost(async () => {
      t.like(await wire.ask('post:create', bomb), { ok: false, error: { code: 'bad_request' } })
    })
    t.true(cost < 50_000, `${bomb.slice(0, 50)}: ${cost / 1000} ms`)
  }
  wire.vanish()
})

test.serial('no handshake keeps the processor for long', async t => {
  for (const rooms of [many('0', 30_000), many('{}', 20_000), deep(30_000)]) {
    const wire = await openWire(t.context.urls[0])
    const before = process.cpuUsage()
    await wire.send(`40{"token":"a.b.c","rooms":${rooms}}`)
    t.regex((await wire.frame('44')) ?? '', /"code":"bad_request"/)
    const { user, system } = process.cpuUsage(before)
    t.true(user + system < 50_000, `${rooms.slice(0, 50)}: ${(user + system) / 1000} ms`)
    wire.vanish()
  }
})
