import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import anyTest from 'ava'
import type { MediaLinks } from '../../client/index.ts'
import { kithLinks } from '../../src/infra/media/links.ts'
import type { Person } from '../support/person.ts'
import { makePhoto } from '../support/photo.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { fetchFile, readyPhoto } from './support/upload.ts'

const test = anyTest as WorldTest
withWorld(test)

/** The status of an answer to who has the file under a tag; `fetch` would ask for it anew all the same. */
async function statusFor(url: string, tag: string): Promise<number | undefined> {
  const request = get(url, { headers: { 'if-none-match': tag } })
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  answer.resume()
  return answer.statusCode
}

const MINUTE_MS = 60_000

async function linked(person: Person, photo?: Buffer): Promise<MediaLinks> {
  const { links } = await person.call('media:get', { mediaId: await readyPhoto(person, photo) })
  assert.ok(links)
  return links
}

test('a file is given as what it is, to be shown and nothing else, and kept by the browser as long as its link is good', async t => {
  const [ada] = await t.context.cast('Ada')
  const links = await linked(ada)
  for (const [file, type] of [
    ['160.webp', 'image/webp'],
    ['160.jpeg', 'image/jpeg'],
  ] as const) {
    const { status, headers } = await fetchFile(ada, links, file)
    t.is(status, 200)
    t.is(headers.get('content-type'), type)
    t.is(headers.get('x-content-type-options'), 'nosniff')
    t.is(headers.get('content-security-policy'), "sandbox; default-src 'none'")
    t.is(headers.get('content-disposition'), 'inline')
    t.is(headers.get('cross-origin-resource-policy'), 'cross-origin')
    t.is(headers.get('access-control-allow-origin'), '*')
    t.is(headers.get('set-cookie'), null)
    const [, seconds] = /^private, max-age=(\d+), immutable$/.exec(headers.get('cache-control') ?? '') ?? []
    const left = (Date.parse(links.expiresAt) - Date.now()) / 1000
    t.true(Number(seconds) <= left + 1 && Number(seconds) >= left - 2 && left <= 300)
  }
})

test('a part of a file is given, the whole where the wish makes no sense, and nothing anew to who has it', async t => {
  const [ada] = await t.context.cast('Ada')
  const links = await linked(ada)
  const ask = (headers: Record<string, string>) => fetchFile(ada, links, '160.jpeg', headers)
  const plain = await ask({})
  const whole = Buffer.from(await plain.arrayBuffer())
  const tag = plain.headers.get('etag') ?? ''
  const parts = [
    ['bytes=0-9', 0, 10],
    ['bytes=5-', 5, whole.length],
    [`bytes=10-${whole.length + 100}`, 10, whole.length],
  ] as const
  for (const [range, from, to] of parts) {
    const answer = await ask({ range })
    t.is(answer.status, 206, range)
    t.is(answer.headers.get('content-range'), `bytes ${from}-${to - 1}/${whole.length}`)
    t.deepEqual(Buffer.from(await answer.arrayBuffer()), whole.subarray(from, to))
  }
  for (const range of ['bytes=9-0', 'bytes=0-1,4-5', 'lines=1-2']) {
    const answer = await ask({ range })
    t.is(answer.status, 200, range)
    t.is((await answer.arrayBuffer()).byteLength, whole.length)
  }
  t.is((await ask({ range: `bytes=${whole.length}-` })).status, 404)
  t.is((await ask({ range: 'bytes=0-9', 'if-range': '"other"' })).status, 200)
  t.is(await statusFor(ada.client.linkTo(links, '160.jpeg'), tag), 304)
  t.is(await statusFor(ada.client.linkTo(links, '160.jpeg'), '"other"'), 200)

  const head = await fetch(ada.client.linkTo(links, '160.jpeg'), { method: 'HEAD' })
  t.deepEqual([head.status, head.headers.get('content-length')], [200, `${whole.length}`])
  t.is((await fetch(ada.client.linkTo(links, '160.jpeg'), { method: 'POST' })).status, 405)
})

test('a link that was shortened, stripped, changed, or is for something else opens nothing', async t => {
  const [ada] = await t.context.cast('Ada')
  const [links, other] = [await linked(ada), await linked(ada)]
  const good = new URL(ada.client.linkTo(links, '160.webp'))
  t.is((await fetch(good)).status, 200)
  const changed = (change: (url: URL) => void) => {
    const url = new URL(good)
    change(url)
    return fetch(url)
  }
  const signature = good.searchParams.get('s') ?? ''
  const wrong = {
    bare: await changed(url => (url.search = '')),
    'without an end': await changed(url => url.searchParams.delete('e')),
    'without a key': await changed(url => url.searchParams.delete('k')),
    'without a signature': await changed(url => url.searchParams.delete('s')),
    shortened: await changed(url => url.searchParams.set('s', signature.slice(0, -2))),
    lengthened: await changed(url => url.searchParams.set('s', `${signature}AA`)),
    'written otherwise': await changed(url => url.searchParams.set('s', `${signature}=`)),
    twice: await changed(url => url.searchParams.append('s', signature)),
    'for longer': await changed(url => url.searchParams.set('e', String(Number(url.searchParams.get('e')) + 60))),
    'of another key': await changed(url => url.searchParams.set('k', 'toString')),
    'of another media': await changed(url => {
      url.pathname = new URL(ada.client.linkTo(other, '160.webp')).pathname
    }),
    'of a file there is not': await changed(url => (url.pathname = url.pathname.replace('160', '161'))),
    'out of the folder': await changed(url => (url.pathname = url.pathname.replace('160.webp', '..%2f160.webp'))),
  }
  const refusals = await Promise.all(
    Object.entries(wrong).map(
      async ([what, answer]) => [what, answer.status, ((await answer.json()) as { error: unknown }).error] as const,
    ),
  )
  for (const [what, status, error] of refusals) {
    t.is(status, 404, what)
    t.deepEqual(error, refusals[0]?.[2], 'what is not there looks like what may not be read')
  }
})

test('that a file is not there is kept by nobody, for it may be there the next time', async t => {
  const [ada] = await t.context.cast('Ada')
  const links = await linked(ada)
  for (const [file, range] of [
    ['1080.webp', 'bytes=0-'],
    ['160.webp', 'bytes=999999999-'],
  ] as const) {
    const { status, headers } = await fetchFile(ada, links, file, { range })
    t.is(status, 404)
    t.is(headers.get('cache-control'), 'no-store')
  }
})

test('a link is good for three to five minutes, the same for two, and then opens nothing', async t => {
  const [ada] = await t.context.cast('Ada')
  const { mediaId } = await linked(ada)
  const { media } = t.context.config
  const maker = kithLinks({ base: t.context.urls[0], keys: media.keys, activeKid: media.activeKid })
  const linkOf = (ms: number) => maker.link(mediaId, new Date(ms)).template.replace('{file}', '160.webp')
  t.is((await fetch(linkOf(Date.now()))).status, 200)
  t.is((await fetch(linkOf(Date.now() - 2 * MINUTE_MS))).status, 200)
  t.is((await fetch(linkOf(Date.now() - 5 * MINUTE_MS - 1000))).status, 404)

  const begin = Date.parse('2026-01-01T00:00Z')
  const links = Array.from({ length: 240 }, (_, second) => maker.link(mediaId, new Date(begin + second * 1000)))
  t.is(new Set(links.map(({ template }) => template)).size, 2)
  for (const [second, { expiresAt }] of links.entries()) {
    const minutes = (expiresAt.getTime() - begin - second * 1000) / MINUTE_MS
    t.true(minutes > 3 && minutes <= 5, `${minutes}`)
  }
})

test('whoever saves data is led to small files, by their settings or by what they say', async t => {
  const [ada] = await t.context.cast('Ada')
  const mediaId = await readyPhoto(ada, await makePhoto({ width: 1200, height: 900, gps: false }))
  const widest = async (wish: { dataSaver?: boolean }) => {
    const { links } = await ada.call('media:get', { mediaId, ...wish })
    return Math.max(...(links?.renditions ?? []).map(({ width }) => width ?? 0))
  }
  t.is(await widest({}), 1200)
  t.is(await widest({ dataSaver: true }), 480)
  await ada.call('settings:update', { content: { dataSaverMode: true } })
  t.is(await widest({}), 480)
  t.is(await widest({ dataSaver: false }), 1200)
})
