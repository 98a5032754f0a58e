import test, { type ExecutionContext } from 'ava'
import { deleteApp, initializeApp } from 'firebase-admin/app'
import { getAuth } from 'firebase-admin/auth'
import { getMessaging } from 'firebase-admin/messaging'
import { plainAgent } from '../../src/infra/plain-agent.ts'
import { parseJson } from '../../src/local/files.ts'
import { startFirebase, type PushMessage } from '../../src/local/firebase.ts'

async function openFirebase(t: ExecutionContext) {
  const firebase = await startFirebase()
  const agent = plainAgent(firebase.url)
  const credential = { getAccessToken: () => Promise.resolve({ access_token: 'local', expires_in: 3600 }) }
  const app = initializeApp({ projectId: 'kith-local', credential, httpAgent: agent }, t.title)
  t.teardown(async () => {
    await deleteApp(app)
    agent.destroy()
    await firebase.stop()
  })
  const messaging = getMessaging(app)
  messaging.enableLegacyHttpTransport()
  const messages = async (query: string) =>
    parseJson<PushMessage[]>(await (await fetch(`${firebase.url}/local/messages?${query}`)).text())
  return { firebase, messaging, auth: getAuth(app), messages }
}

test('the real firebase-admin sends, and learns which tokens are dead', async t => {
  const { messaging, messages } = await openFirebase(t)
  const tokens = ['phone-1', 'dead-1', 'bad-1', 'boom-1', 'phone-2']
  const { responses } = await messaging.sendEachForMulticast({ tokens, data: { type: 'post:created' } })
  t.deepEqual(
    responses.map(({ error }) => error?.code ?? 'sent'),
    [
      'sent',
      'messaging/registration-token-not-registered',
      'messaging/invalid-argument',
      'messaging/internal-error',
      'sent',
    ],
  )
  t.like(await messages('token=phone-2'), [{ token: 'phone-2', data: { type: 'post:created' } }])
  t.is((await messages('')).length, 2)
})

test('a test waits for the next push instead of sleeping', async t => {
  const { messaging, messages } = await openFirebase(t)
  await messaging.send({ token: 'phone', data: { n: '1' } })
  const heard = messages('token=phone&after=1&waitMs=10000')
  await messaging.send({ token: 'other', data: { n: '2' } })
  await messaging.send({ token: 'phone', data: { n: '3' } })
  t.deepEqual(
    (await heard).map(({ data }) => data.n),
    ['1', '3'],
  )
  t.deepEqual(await messages('token=nobody&after=0&waitMs=50'), [])
})

test('an ID token is verified by the real library, and an expired or altered one is not', async t => {
  const { firebase, auth } = await openFirebase(t)
  const token = firebase.mintIdToken({ uid: 'ada', claims: { phone_number: '+15005550006' } })
  t.like(await auth.verifyIdToken(token, true), { uid: 'ada', phone_number: '+15005550006' })
  const expired = firebase.mintIdToken({ uid: 'ada', expiresInSeconds: -60 })
  await t.throwsAsync(auth.verifyIdToken(expired), { code: 'auth/id-token-expired' })
  const other = firebase.mintIdToken({ uid: 'ada', projectId: 'other' })
  await t.throwsAsync(auth.verifyIdToken(other), { code: 'auth/argument-error' })
})
