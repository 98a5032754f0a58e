import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { UnreadableMedia, type Recording, type Recordings, type RenderedFile } from '../../kernel/media.ts'
import { isWhole } from './boxes.ts'
import { demuxerOf } from './container.ts'
import { openFolder, sweepFolders } from './folder.ts'
import { MAX_PIXELS } from './opened.ts'
import { probe, type Probed } from './probe.ts'
import { program, type Program } from './program.ts'
import { takePoster, transcodeSound, transcodeVideo, type Plan } from './transcode.ts'

export interface RecordingsOptions {
  /** The programs, by their names on `path` or by where they are. */
  readonly ffmpeg: string
  readonly ffprobe: string
  readonly path: string
  /** Where they lie while they are worked on; where the system keeps such things, unless it is said. */
  readonly folder?: string
}

type Kind = 'video' | 'audio'

const MAX_SECONDS: Readonly<Record<Kind, number>> = { video: 180, audio: 900 }
const MEGABYTE = 1024 * 1024
/** Whoever calls has looked at the size; this keeps the disk from whoever did not. */
const MAX_BYTES: Readonly<Record<Kind, number>> = { video: 100 * MEGABYTE, audio: 20 * MEGABYTE }
/** What clocks of phones and frames at the end may add. */
const LENIENT_SECONDS = 0.5
const MAX_SIDE = 4096

/** What is under way when it is disposed of ends, by no fault of the file. */
export interface RecordingsPort extends Recordings, Disposable {}

/** Renders videos and sounds with ffmpeg, where it is installed. */
export async function openRecordings(options: RecordingsOptions): Promise<RecordingsPort> {
  const stopping = new AbortController()
  const ffmpeg = program(options.ffmpeg, options.path, stopping.signal)
  const ffprobe = program(options.ffprobe, options.path, stopping.signal)
  const able = (await encodes(ffmpeg)) && (await answers(ffprobe, ['-version']))
  await sweepFolders(options.folder ?? tmpdir())
  return {
    able,
    [Symbol.dispose]: () => stopping.abort(),
    async render(kind, original, progress) {
      await using stack = new AsyncDisposableStack()
      const folder = stack.use(await openFolder(options.folder ?? tmpdir()))
      const input = path.join(folder.path, 'original')
      await pipeline(original, atMost(MAX_BYTES[kind]), createWriteStream(input))
      const demuxer = await demuxerOf(input, kind)
      if (demuxer === null) throw new UnreadableMedia('not_a_recording')
      if (demuxer === 'mov' && !(await isWhole(input))) throw new UnreadableMedia('damaged')
      const probed = await probe(ffprobe, input, demuxer)
      refuse(kind, probed)
      const plan = { input, demuxer, probed, folder: folder.path, seconds: MAX_SECONDS[kind] + 1 }
      const made =
        kind === 'video' ? await renderVideo(ffmpeg, plan, progress) : await renderSound(ffmpeg, plan, progress)
      const files = await Promise.all(made.names.map(name => describe(ffprobe, path.join(folder.path, name), kind)))
      stack.defer(() => files.forEach(({ file }) => file.body.destroy()))
      const seconds = files[0]?.seconds ?? 0
      if (seconds > MAX_SECONDS[kind] + LENIENT_SECONDS) throw new UnreadableMedia('too_long')
      const parts = stack.move()
      return {
        width: files[0]?.file.width ?? null,
        height: files[0]?.file.height ?? null,
        durationMs: Math.round(seconds * 1000),
        poster: made.poster,
        files: files.map(({ file }) => file),
        [Symbol.asyncDispose]: () => parts.disposeAsync(),
      } satisfies Recording
    },
  }
}

const atMost = (bytes: number) =>
  async function* (source: AsyncIterable<Buffer>) {
    let left = bytes
    for await (const piece of source) {
      left -= piece.length
      if (left < 0) throw new Error(`The recording has more than ${bytes} bytes`)
      yield piece
    }
  }

/** Whether a program is there and answers. */
const answers = (program: Program, args: readonly string[], hear: (line: string) => void = () => undefined) =>
  program(args, { seconds: 10, hear }).then(
    () => true,
    () => false,
  )

/** Whether it can write what we want of it: some builds cannot. */
async function encodes(ffmpeg: Program): Promise<boolean> {
  const encoders: string[] = []
  const isThere = await answers(ffmpeg, ['-hide_banner', '-encoders'], line => encoders.push(line))
  return isThere && ['libx264', 'aac'].every(name => encoders.some(line => line.split(/\s+/).includes(name)))
}

function refuse(kind: Kind, { picture, sound, has, seconds }: Probed): void {
  const [wanted, isThere] = kind === 'video' ? [picture, has.picture] : [sound, has.sound]
  if (!wanted) throw new UnreadableMedia(isThere ? 'unsupported_format' : 'not_a_recording')
  if (seconds > MAX_SECONDS[kind] + LENIENT_SECONDS) throw new UnreadableMedia('too_long')
  const { width, height } = (kind === 'video' && picture) || { width: 0, height: 0 }
  if (Math.max(width, height) > MAX_SIDE || width * height > MAX_PIXELS) throw new UnreadableMedia('too_many_pixels')
}

async function renderVideo(ffmpeg: Program, plan: Plan, progress: (share: number) => void) {
  const names = await transcodeVideo(ffmpeg, plan, progress)
  const poster = await readFile(path.join(plan.folder, await takePoster(ffmpeg, plan)))
  return { names, poster }
}

async function renderSound(ffmpeg: Program, plan: Plan, progress: (share: number) => void) {
  return { names: [await transcodeSound(ffmpeg, plan, progress)], poster: null }
}

interface Described {
  readonly seconds: number
  readonly file: RenderedFile & { readonly body: Readable }
}

async function describe(ffprobe: Program, made: string, kind: Kind): Promise<Described> {
  const { picture, seconds } = await probe(ffprobe, made, 'mov')
  const file = {
    file: path.basename(made),
    type: kind === 'video' ? 'video/mp4' : 'audio/mp4',
    width: picture?.width ?? null,
    height: picture?.height ?? null,
    bytes: (await stat(made)).size,
    body: createReadStream(made),
  } as const
  return { seconds, file }
}
