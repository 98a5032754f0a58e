import { UnreadableMedia, type Images, type RenderedImage } from '../../kernel/media.ts'
import { Broken, openSandbox, type Bounds, type Sandbox } from './sandbox.ts'

/** More than any photo of 40 megapixels takes, but for AVIF of ten bits and full colour. */
const BOUNDS: Bounds = { seconds: 20, megabytes: 900 }
/** A process that has grown so much is ended after its photo: what a decoder took it seldom gives back. */
const FAT_MEGABYTES = 350

export interface ImagesPort extends Images, AsyncDisposable {}

/**
 * Renders photos in processes of their own: as many as there are photos at once, each kept for the next one. A file that
 * ends its process or takes too much is tried once more, in a new one; then it is the file, unless the process was ended from
 * outside, as by a system that is short of memory.
 */
export function sandboxedImages(bounds: Bounds = BOUNDS, openOne = openSandbox): ImagesPort {
  const idle: Sandbox[] = []
  const open = new Set<Sandbox>()

  async function renderIn(
    sandbox: Sandbox,
    original: Buffer,
    progress: (share: number) => void,
  ): Promise<RenderedImage> {
    open.add(sandbox)
    try {
      return await sandbox.render(original, progress)
    } finally {
      if (sandbox.isAlive() && sandbox.megabytes() < FAT_MEGABYTES) idle.push(sandbox)
      else await end(sandbox)
    }
  }

  async function end(sandbox: Sandbox) {
    await sandbox.end()
    open.delete(sandbox)
  }

  return {
    async render(original, progress) {
      try {
        return await renderIn(idle.pop() ?? openOne(bounds), original, progress)
      } catch (error) {
        if (error instanceof UnreadableMedia && !TAKES_TOO_MUCH.includes(error.reason)) throw error
      }
      return renderIn(openOne(bounds), original, progress).catch((cause: unknown) => {
        throw cause instanceof Broken ? new UnreadableMedia('damaged', { cause }) : cause
      })
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...open].map(end))
    },
  }
}

const TAKES_TOO_MUCH: readonly string[] = ['too_slow', 'too_heavy']
