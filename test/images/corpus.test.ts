import test from 'ava'
import sharp from 'sharp'
import { sandboxedImages } from '../../src/infra/images/index.ts'
import { openSandbox, type Bounds, type Sandbox } from '../../src/infra/images/sandbox.ts'
import { UnreadableMedia, type RenderedImage } from '../../src/kernel/media.ts'
import { collected, collectedFile, isCollected } from '../support/collected.ts'
import { carriesMetadata } from '../support/metadata.ts'

interface Specimen {
  readonly path: string
  readonly expect: 'accept' | 'reject' | 'either'
  readonly facts: { readonly width?: number; readonly height?: number; readonly orientation?: number }
}
interface Verdict {
  readonly file: string
  readonly image: RenderedImage | null
  readonly reason: string | null
  readonly seconds: number
}

/** Real photos and hostile files, with the verdict each is to get. */
const specimens = isCollected ? (collected('manifest.json') as { images: Specimen[] }).images : []
const MARKERS = ['Jane Q.', 'SN100', '<?php', '<?xpacket', 'alert(', '<script']
const REFUSED_WITHIN_SECONDS = 2

/** Opens sandboxes; each that a file ends, by a crash or by taking too much, is counted though its file is tried once more. */
const watchedBy = (count: () => void) => (bounds: Bounds) => {
  const sandbox = openSandbox(bounds)
  const render: Sandbox['render'] = (original, progress) =>
    sandbox.render(original, progress).finally(() => {
      if (!sandbox.isAlive()) count()
    })
  return { ...sandbox, render }
}

async function judge(images: ReturnType<typeof sandboxedImages>, file: string): Promise<Verdict> {
  const began = performance.now()
  const { image, reason } = await images
    .render(collectedFile(file), () => undefined)
    .then(
      image => ({ image, reason: null }),
      (error: unknown) => {
        const isRefusal = error instanceof UnreadableMedia && !(error.cause instanceof Error)
        return { image: null, reason: isRefusal ? error.reason : String((error as Error).cause ?? error) }
      },
    )
  return { file, image, reason, seconds: (performance.now() - began) / 1000 }
}

/** What is wrong with the renditions of a picture. */
async function faultsOf({ files, width, height }: RenderedImage): Promise<string[]> {
  const faults = await Promise.all(
    files.map(async rendition => {
      const body = rendition.body as Buffer
      const found = await sharp(body).metadata()
      const isRight = found.width === rendition.width && (found.pageHeight ?? found.height) === rendition.height
      const longest = Number.parseInt(rendition.file, 10)
      return [
        isRight && Math.max(rendition.width ?? 0, rendition.height ?? 0) <= longest ? '' : 'size',
        carriesMetadata(body) ? 'metadata' : '',
        ...MARKERS.filter(marker => body.includes(marker)),
      ].flatMap(fault => (fault ? [`${rendition.file}: ${fault}`] : []))
    }),
  )
  return [...faults.flat(), ...(files.length >= 2 && width > 0 && height > 0 ? [] : ['nothing was made'])]
}

/** The mean difference between two pictures, as 64 by 64 grey points of 0 to 255. */
async function difference(one: RenderedImage, other: RenderedImage): Promise<number> {
  const points = ({ files }: RenderedImage) =>
    sharp(files.find(({ file }) => /^\d+\.jpeg$/.test(file))?.body as Buffer)
      .resize(64, 64, { fit: 'fill' })
      .greyscale()
      .raw()
      .toBuffer()
  const [a, b] = await Promise.all([points(one), points(other)])
  return [...a].reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / (64 * 64)
}

const series = (file: string) => file.replace(/_\d(?=\.\w+$)|rot\dmir\d/, '')
const TURNED = 15

if (specimens.length === 0) test('there are no files beside the repository to judge', t => t.pass())
else
  test('every real photo is taken, upright and clean, and every hostile file refused at once or made harmless', async t => {
    t.timeout(600_000)
    let ended = 0
    await using images = sandboxedImages(
      undefined,
      watchedBy(() => (ended += 1)),
    )
    const waiting = [...specimens]
    const verdicts: Verdict[] = []
    const work = async () => {
      for (let next = waiting.pop(); next; next = waiting.pop()) verdicts.push(await judge(images, next.path))
    }
    await Promise.all([work(), work()])

    const wrong: string[] = []
    for (const { path: file, expect } of specimens) {
      const { image = null, reason = '', seconds = 0 } = verdicts.find(verdict => verdict.file === file) ?? {}
      if (expect !== 'either' && (expect === 'accept') !== Boolean(image))
        wrong.push(`${file}: ${reason} for ${expect}`)
      if (!image && seconds > REFUSED_WITHIN_SECONDS) wrong.push(`${file}: refused after ${seconds} s`)
      if (!image && reason && !/^[a-z_]+$/.test(reason)) wrong.push(`${file}: ${reason}`)
      if (image) wrong.push(...(await faultsOf(image)).map(fault => `${file} ${fault}`))
    }
    const turned = verdicts.filter(({ file }) => file.startsWith('photos/orientation/'))
    for (const { file, image } of turned) {
      const first = turned.find(other => series(other.file) === series(file) && /_[12]\.|rot0mir0/.test(other.file))
      if (image && first?.image && (await difference(image, first.image)) > TURNED) wrong.push(`${file}: not upright`)
    }
    t.deepEqual(wrong, [])
    t.is(ended, 0)
  })
