import { existsSync } from 'node:fs'
import path from 'node:path'
import { UnreadableMedia } from '../../kernel/media.ts'
import type { Demuxer } from './container.ts'
import { opened } from './opened.ts'
import { damaged, type Probed, type Sound } from './probe.ts'
import type { Program } from './program.ts'

/** What is to be made of which file. */
export interface Plan {
  readonly input: string
  readonly demuxer: Demuxer
  readonly probed: Probed
  /** Where it is written. */
  readonly folder: string
  /** What is beyond is not looked at. */
  readonly seconds: number
}

const PATIENCE_SECONDS = 600
const SIZES = [1280, 640] as const
/** The most bits a second of each; without, noise would take more than the original. */
const MOST_BITS = { 1280: 4_000_000, 640: 1_200_000 } as const
const MAX_FRAMES_PER_SECOND = 30

const QUIET = ['-nostdin', '-hide_banner', '-v', 'error', '-y', '-filter_complex_threads', '1']
/** Nothing of what the file says of itself, nor anything but its pictures and its sound. */
const NOTHING_ELSE = ['-map_metadata', '-1', '-map_chapters', '-1', '-sn', '-dn', '-fflags', '+bitexact']
const H264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-profile:v', 'high', '-threads:v', '1']
const STREAMED = ['-flags:v', '+bitexact', '-flags:a', '+bitexact', '-movflags', '+faststart']
const aac = ({ index, channels }: Sound) =>
  ['-map', `0:${index}`, '-c:a', 'aac', '-b:a', '128k', '-ac', `${Math.min(2, channels)}`] as const

/** A size is worth making when the next one down would lose something. */
const sizesFor = (longest: number) => SIZES.filter((_, index) => (SIZES[index + 1] ?? 0) < longest)

/** Makes the videos of a video, one pass for all sizes; answers their names, the largest first. */
export async function transcodeVideo(
  ffmpeg: Program,
  plan: Plan,
  progress: (share: number) => void,
): Promise<string[]> {
  const { index: stream = 0, width = 0, height = 0, framesPerSecond = 0 } = plan.probed.picture ?? {}
  const sizes = sizesFor(Math.max(width, height))
  const slowed = framesPerSecond > MAX_FRAMES_PER_SECOND + 1 ? [`fps=${MAX_FRAMES_PER_SECOND}`] : []
  const chain = sizes.map((size, index) => {
    const from = index === 0 ? `[0:${stream}]` : `[rest${index}]`
    const first = index === 0 ? [...slowed, 'format=yuv420p'] : []
    const isLast = index === sizes.length - 1
    const end = isLast ? `[v${size}]` : `,split=2[v${size}][rest${index + 1}]`
    return from + [...first, shrunk(size)].join(',') + end
  })
  const sound = plan.probed.sound ? aac(plan.probed.sound) : []
  const written = [...H264, ...sound, ...NOTHING_ELSE, ...STREAMED, '-t', String(plan.seconds)]
  const bounded = (bits: number) => ['-maxrate', `${bits}`, '-bufsize', `${bits * 2}`]
  const outputs = sizes.flatMap(size => [
    '-map',
    `[v${size}]`,
    ...bounded(MOST_BITS[size]),
    ...written,
    path.join(plan.folder, `${size}.mp4`),
  ])
  await make(ffmpeg, plan, ['-filter_complex', chain.join(';'), ...outputs], progress)
  return sizes.map(size => `${size}.mp4`)
}

const shrunk = (size: number) =>
  `scale='min(${size},iw)':'min(${size},ih)':force_original_aspect_ratio=decrease:force_divisible_by=2,setsar=1`

/** Makes the sound of a recording. */
export async function transcodeSound(ffmpeg: Program, plan: Plan, progress: (share: number) => void): Promise<string> {
  const target = ['-t', String(plan.seconds), path.join(plan.folder, 'sound.m4a')]
  const sound = plan.probed.sound ? aac(plan.probed.sound) : []
  const args = [...sound, '-vn', ...NOTHING_ELSE, ...STREAMED, ...target]
  await make(ffmpeg, plan, args, progress)
  return 'sound.m4a'
}

const POSTER_SHARE = 0.1
const POSTER_SECONDS = 1
const POSTER_SIZE = 2048
const POSTER_PATIENCE_SECONDS = 60

/**
 * Takes a picture out of a video, a second from its beginning at most, and the first one where nothing more is seen by then;
 * answers its name.
 */
export async function takePoster(ffmpeg: Program, plan: Plan): Promise<string> {
  const { input, demuxer, probed, folder } = plan
  const name = 'poster.png'
  const target = path.join(folder, name)
  const picked = ['-map', `0:${probed.picture?.index ?? 0}`, '-frames:v', '1', '-vf', shrunk(POSTER_SIZE)]
  const written = [...opened(input, demuxer), ...picked, ...NOTHING_ELSE, '-f', 'image2', '-c:v', 'png', target]
  for (const at of [Math.min(POSTER_SECONDS, probed.seconds * POSTER_SHARE), 0]) {
    const args = [...QUIET, '-ss', at.toFixed(3), ...written]
    await ffmpeg(args, { seconds: POSTER_PATIENCE_SECONDS, hear: () => undefined }).catch(damaged)
    if (existsSync(target)) return name
  }
  throw new UnreadableMedia('damaged')
}

async function make(ffmpeg: Program, plan: Plan, args: readonly string[], progress: (share: number) => void) {
  const { input, demuxer, probed } = plan
  const hear = (line: string) => {
    const [, microseconds] = /^out_time_us=(\d+)$/.exec(line) ?? []
    if (microseconds && probed.seconds > 0) progress(Math.min(1, Number(microseconds) / 1e6 / probed.seconds))
  }
  const telling = ['-progress', 'pipe:1', '-nostats']
  await ffmpeg([...QUIET, ...telling, ...opened(input, demuxer), ...args], { seconds: PATIENCE_SECONDS, hear }).catch(
    damaged,
  )
}
