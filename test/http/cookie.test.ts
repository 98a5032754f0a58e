import anyTest from 'ava'
import { newPhone, sendCode } from '../sessions/support/phone.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
const ORIGIN = 'https://app.example'
withWorld(test, { env: { PUBLIC_ORIGINS: ORIGIN } })

const PAGE = { 'x-client': 'web', 'x-requested-with': 'kith', origin: ORIGIN, 'sec-fetch-site': 'same-origin' }

async function post(url: string, path: string, body: object, headers: Record<string, string>) {
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  const [cookie = ''] = response.headers.getSetCookie()
  const ack = (await response.json()) as { ok: boolean; data?: Record<string, string>; error?: { reason: string } }
  return { status: response.status, ...ack, cookie, jar: cookie.replace(/;.*$/, '') }
}

/** Signs a page in: the browser keeps its refresh token. */
async function signIn({ urls, ...world }: World, headers: Record<string, string> = PAGE) {
  const sent = await sendCode({ urls, ...world }, newPhone())
  return post(urls[0], '/v1/auth/verify', sent, headers)
}

test('a page is given its refresh token as a cookie that no script and no other site can use', async t => {
  const signed = await signIn(t.context)
  t.true(signed.ok)
  t.is(signed.data?.refreshToken, undefined)
  t.regex(signed.cookie, /^__Host-rt=rt1\.[\w.-]+; Path=\/; Max-Age=2592000; Secure; HttpOnly; SameSite=Strict$/)
})

test('an app that keeps its tokens itself is set no cookie', async t => {
  for (const headers of [{}, { 'x-client': 'native' }, { ...PAGE, 'x-client': 'native' }]) {
    const signed = await signIn(t.context, headers)
    t.regex(signed.data?.refreshToken ?? '', /^rt1\./)
    t.is(signed.cookie, '')
  }
})

test('a page exchanges its cookie for another, once, and is signed out with it', async t => {
  const { urls } = t.context
  const { jar } = await signIn(t.context)
  const second = await post(urls[1], '/v1/auth/refresh', {}, { ...PAGE, cookie: jar })
  t.true(second.ok)
  t.is(second.data?.refreshToken, undefined)
  t.not(second.jar, jar)
  const token = { authorization: `Bearer ${second.data?.accessToken}` }
  const ended = await post(urls[0], '/v1/auth/sign-out', {}, { ...PAGE, ...token, cookie: second.jar })
  t.true(ended.ok)
  t.regex(ended.cookie, /^__Host-rt=; Path=\/; Max-Age=0; Secure; HttpOnly/)
  const after = await post(urls[0], '/v1/auth/refresh', {}, { ...PAGE, cookie: second.jar })
  t.like(after, { status: 401, error: { reason: 'refresh' } })
  t.regex(after.cookie, /Max-Age=0/)
})

test('whatever ends this session takes the cookie along', async t => {
  const [url] = t.context.urls
  const ways = [
    { path: '/v1/auth/sign-out', bodyOf: () => ({ clientId: crypto.randomUUID() }) },
    { path: '/v1/auth/sign-out', bodyOf: ({ sessionId = '' }) => ({ sessionId }) },
    { path: '/v1/auth/sign-out-everywhere', bodyOf: () => ({ others: false }) },
  ]
  for (const { path, bodyOf } of ways) {
    const { data = {} } = await signIn(t.context)
    const ended = await post(url, path, bodyOf(data), { ...PAGE, authorization: `Bearer ${data.accessToken}` })
    t.true(ended.ok)
    t.regex(ended.cookie, /Max-Age=0/)
  }
})

test('signing out another device leaves the page its cookie', async t => {
  const signed = await signIn(t.context)
  const token = { authorization: `Bearer ${signed.data?.accessToken}` }
  const others = await post(t.context.urls[0], '/v1/auth/sign-out-everywhere', { others: true }, { ...PAGE, ...token })
  t.true(others.ok)
  t.is(others.cookie, '')
})

const FOREIGN: Readonly<Record<string, Record<string, string>>> = {
  'of another origin': { ...PAGE, origin: 'https://evil.example' },
  'of an origin that only looks alike': { ...PAGE, origin: `${ORIGIN}.evil.example` },
  'of no origin': Object.fromEntries(Object.entries(PAGE).filter(([name]) => name !== 'origin')),
  'of the origin null': { ...PAGE, origin: 'null' },
  'of another site, as the browser says': { ...PAGE, 'sec-fetch-site': 'cross-site' },
  'of a sibling of our site': { ...PAGE, 'sec-fetch-site': 'same-site' },
  'without the header that forms cannot send': { ...PAGE, 'x-requested-with': '' },
}
for (const [which, headers] of Object.entries(FOREIGN))
  test(`a page ${which} neither signs in, refreshes nor signs out by cookie`, async t => {
    const { urls, db } = t.context
    const { jar, data } = await signIn(t.context)
    const rows = async (): Promise<unknown> => db('sessions').where({ id: data?.sessionId }).first()
    const before = await rows()
    const authorization = `Bearer ${data?.accessToken}`
    const sent = await sendCode(t.context, newPhone())
    for (const [path, body] of [
      ['/v1/auth/refresh', {}],
      ['/v1/auth/sign-out', {}],
      ['/v1/auth/sign-out-everywhere', {}],
      ['/v1/auth/verify', sent],
    ] as const) {
      const refused = await post(urls[0], path, body, { ...headers, cookie: jar, authorization })
      t.like(refused, { status: 403, error: { reason: 'cross_site' }, cookie: '' }, path)
    }
    t.deepEqual(await rows(), before)
    t.true((await post(urls[1], '/v1/auth/refresh', {}, { ...PAGE, cookie: jar })).ok)
  })

test('a cookie alone signs nobody in: neither without the word that it is a page nor in a form', async t => {
  const { urls } = t.context
  const { jar } = await signIn(t.context)
  const plain = await post(urls[0], '/v1/auth/refresh', {}, { origin: ORIGIN, cookie: jar })
  t.like(plain, { status: 400, error: { reason: 'invalid' } })
  const upload = await post(urls[0], '/v1/uploads', { contentType: 'image/png', bytes: 1 }, { ...PAGE, cookie: jar })
  t.is(upload.status, 401)
  const form = await fetch(`${urls[0]}/v1/auth/refresh`, {
    method: 'POST',
    headers: { ...PAGE, cookie: jar, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'refreshToken=x',
  })
  t.is(form.status, 415)
  t.like(await post(urls[0], '/v1/auth/refresh', {}, PAGE), { status: 401, error: { reason: 'sign_in' } })
})
