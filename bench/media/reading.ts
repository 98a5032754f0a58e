import { Agent, get } from 'node:http'
import { googleBlobs } from '../../src/infra/blobs/index.ts'
import { kithLinks } from '../../src/infra/media/links.ts'
import { makePhoto } from '../../test/support/photo.ts'
import { perSecond } from '../identity/posting.ts'
import type { Section } from '../results.ts'
import type { Stage } from '../stage.ts'
import { encode } from '../../src/infra/images/encode.ts'
import { sizesOf } from './steps.ts'

const LINKS = 100_000
const READS = 3000
const AT_ONCE = 16

/** What links to photos cost, and what they lead to. */
export async function reading(stage: Stage, rounds: number): Promise<Section> {
  const { storage, project, media } = stage.config
  const mediaId = crypto.randomUUID()
  const blobs = googleBlobs({
    bucket: storage.bucket,
    project,
    ...(storage.endpoint && { endpoint: storage.endpoint }),
  })
  const pixels = (await sizesOf(await makePhoto())).get(480)
  if (!pixels) throw new Error('There is no picture of 480 pixels')
  const { file, type, body, bytes } = await encode(pixels, 'webp', '480')
  await blobs.write(`renditions/${mediaId}/${file}`, body, type)

  const made: number[] = []
  const read: number[] = []
  const cpu: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    await using web = await stage.start('web')
    const links = kithLinks({ base: web.url, keys: media.keys, activeKid: media.activeKid })
    const address = () => links.link(mediaId, new Date()).template.replace('{file}', file)
    const ids = Array.from({ length: LINKS }, () => crypto.randomUUID())
    const begun = performance.now()
    for (const id of ids) links.link(id, new Date())
    made.push(LINKS / ((performance.now() - begun) / 1000))
    using reader = openReader()
    const url = address()
    const reads = (count: number) => perSecond(Array.from({ length: count }), AT_ONCE, () => reader.read(url, bytes))
    await reads(READS / 10)
    const before = await web.usage()
    read.push(await reads(READS))
    cpu.push(((await web.usage()).cpu - before.cpu) / READS)
  }
  return {
    title: 'Media: links, and reading by them',
    about:
      `${LINKS} links to different photos, made in one process; then ${READS} reads of one 480.webp of ${(bytes / 1000).toFixed(0)} kB from one ` +
      `web process, ${AT_ONCE} at a time on connections that stay open. Each is asked of storage, the local stand-in, which runs in the ` +
      'process that reads.',
    figures: [
      { what: 'links a second', unit: '', target: { atLeast: 50_000 }, figures: made, kith: made },
      { what: 'reads a second', unit: '', figures: read, kith: read },
      { what: 'CPU of the node a read', unit: 'µs', figures: cpu, kith: cpu },
    ],
  }
}

/** Reads whole files over connections that stay open. */
function openReader() {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const read = (url: string, wanted: number): Promise<void> =>
    new Promise((resolve, reject) => {
      get(url, { agent }, response => {
        let bytes = 0
        response.on('data', (piece: Buffer) => (bytes += piece.length))
        response.on('error', reject)
        response.on('end', () => {
          if (response.statusCode === 200 && bytes === wanted) resolve()
          else reject(new Error(`A read answered ${response.statusCode} with ${bytes} of ${wanted} bytes`))
        })
      }).on('error', reject)
    })
  return { read, [Symbol.dispose]: () => agent.destroy() }
}
