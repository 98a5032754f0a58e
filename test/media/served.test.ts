import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import anyTest from 'ava'
import { withWorld, type WorldTest } from '../support/world.ts'
import { storageOf } from './support/storage.ts'
import { readyPhoto } from './support/upload.ts'

const test = anyTest as WorldTest
withWorld(test)

const FILE = 'large.mp4'
/** More than all buffers on its way to a reader hold. */
const BYTES = 30_000_000

/** The beginning of an answer; nothing more of it is taken until it is read. */
async function ask(url: string, method: 'GET' | 'HEAD' = 'GET'): Promise<IncomingMessage> {
  const [answer] = (await once(request(url, { method, agent: false }).end(), 'response')) as [IncomingMessage]
  return answer
}

test('whoever goes away while they are served, or asks for the headers only, ends it for nobody else', async t => {
  const [ada] = await t.context.cast('Ada')
  const mediaId = await readyPhoto(ada)
  await storageOf(t.context).write(`renditions/${mediaId}/${FILE}`, Buffer.alloc(BYTES, 7), 'video/mp4')
  const { links } = await ada.call('media:get', { mediaId })
  assert.ok(links)
  const url = ada.client.linkTo(links, FILE)
  const patient = await ask(url)
  const hasty = await ask(url)
  hasty.destroy()
  await once(hasty, 'close')
  const head = await ask(url, 'HEAD')
  t.is(head.headers['content-length'], `${BYTES}`)
  for (let n = 0; n < 3; n++) await buffer(await ask(`${url}&n=${n}`)) // what the others did has reached storage by then
  t.is((await buffer(patient)).length, BYTES)
})
