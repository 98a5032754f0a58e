import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { openFirebase } from '../../../src/infra/firebase/app.ts'
import { firebaseIdentities } from '../../../src/infra/firebase/identities.ts'
import { Failure, Unavailable } from '../../../src/kernel/failure.ts'
import { openGoogle } from './support/google.ts'

const isUnavailable = async (t: ExecutionContext, work: Promise<unknown>) => {
  const { reason, cause } = await t.throwsAsync(work, { instanceOf: Failure })
  t.is(reason, Unavailable.reason)
  return String(cause)
}

test('while Google is away a token is neither good nor bad, whether its keys are known or not', async t => {
  const { google, identify, mint } = await openGoogle(t)
  const other = openFirebase({ project: 'kith-local', endpoint: google.url })
  t.teardown(other.close)
  const stranger = firebaseIdentities(other)
  const token = mint()
  t.like(await identify(token), { subject: 'ada' })
  await google.stop()
  for (const work of [identify(token), stranger.identify(token)])
    t.regex(await isUnavailable(t, work), /^Error: Firebase did not say who it is: code \S+$/)
  t.is(await identify(mint({ projectId: 'other' })), null)
  t.is(await stranger.identify('garbage'), null)
})

test('a Google that does not answer is waited for no longer than so long', async t => {
  const { mint } = await openGoogle(t)
  const sockets: Socket[] = []
  const silent = createServer(socket => void sockets.push(socket.on('error', () => undefined))).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  const firebase = openFirebase({ project: 'kith-local', endpoint })
  t.teardown(async () => {
    await firebase.close()
    for (const socket of sockets) socket.destroy()
    silent.close()
  })
  await isUnavailable(t, firebaseIdentities(firebase, 200).identify(mint()))
  t.is(sockets.length, 1)
})

test('a Google that answers with errors is away', async t => {
  const { mint } = await openGoogle(t)
  const broken = createServer(socket => {
    socket
      .on('error', () => undefined)
      .on('data', () => {
        socket.end(
          'HTTP/1.1 500 Internal Server Error\r\ncontent-type: application/json\r\n\r\n{"error":{"message":"x"}}',
        )
      })
  }).listen(0, '127.0.0.1')
  await once(broken, 'listening')
  const endpoint = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`
  const firebase = openFirebase({ project: 'kith-local', endpoint })
  t.teardown(async () => {
    await firebase.close()
    broken.close()
  })
  await isUnavailable(t, firebaseIdentities(firebase).identify(mint()))
})
