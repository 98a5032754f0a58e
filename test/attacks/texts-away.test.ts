import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import test, { type ExecutionContext } from 'ava'
import { newPhone, post, reasonOf } from '../sessions/support/phone.ts'
import { openWorld } from '../support/world.ts'

/** In place of Twilio: takes a text to each number the fourth time it is asked to. Tells when it has taken so many. */
async function startBalky(t: ExecutionContext, count: number) {
  const asked = new Map<string, number>()
  const taken = Promise.withResolvers<void>()
  let left = count
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const to = new URLSearchParams(await text(request)).get('To') ?? ''
    const times = (asked.get(to) ?? 0) + 1
    asked.set(to, times)
    response.writeHead(times < 4 ? 503 : 201, { 'content-type': 'application/json' }).end('{}')
    if (times === 4 && --left === 0) taken.resolve()
  }
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, taken: taken.promise }
}

test('a text counts once, however often it is tried while Twilio is away', async t => {
  t.timeout(60_000)
  const people = 12 // for whom it is tried 48 times; a block of numbers is sent 30 texts an hour
  const { url, taken } = await startBalky(t, people)
  await using world = await openWorld({ env: { LIMIT_SCALE: '1', TRUSTED_HOPS: '1', SMS_ENDPOINT: url } })
  const answers = await Promise.all(
    Array.from({ length: people }, (_, n) =>
      post(world.urls[0], '/v1/auth/code', { phone: newPhone() }, undefined, { 'x-forwarded-for': `198.51.100.${n}` }),
    ),
  )
  t.deepEqual(answers.map(reasonOf), Array<string>(people).fill('ok'))
  await taken
})
