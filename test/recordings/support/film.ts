import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import type { TestFn } from 'ava'
import { openRecordings } from '../../../src/infra/recordings/index.ts'
import { UnreadableMedia } from '../../../src/kernel/media.ts'

export const PROGRAMS = { ffmpeg: 'ffmpeg', ffprobe: 'ffprobe', path: process.env.PATH ?? '' }
const HAS_FFMPEG = spawnSync('ffmpeg', ['-version']).status === 0

/** For tests of what needs ffmpeg: left out where there is none. */
export const withFfmpeg = (test: TestFn): TestFn => (HAS_FFMPEG ? test : (test.skip as TestFn))

/** Lets `use` have a folder, which is gone afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kith-film-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What ffmpeg writes with these arguments, as a file that ends so. */
export function made(ending: string, args: readonly string[]): Buffer {
  const folder = mkdtempSync(path.join(tmpdir(), 'kith-film-'))
  const file = path.join(folder, `film.${ending}`)
  try {
    execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args, file])
    return readFileSync(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** One behind the other in one file, as they are. */
export function joined(ending: string, films: readonly Buffer[]): Buffer {
  const folder = mkdtempSync(path.join(tmpdir(), 'kith-film-'))
  try {
    for (const [index, film] of films.entries()) writeFileSync(path.join(folder, `${index}.${ending}`), film)
    const list = path.join(folder, 'list')
    writeFileSync(list, films.map((_, index) => `file ${index}.${ending}\n`).join(''))
    return made(ending, ['-f', 'concat', '-i', list, '-c', 'copy'])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const pictures = (size: string, seconds: number, rate = 25) => [
  '-f',
  'lavfi',
  '-i',
  `testsrc=size=${size}:rate=${rate}:duration=${seconds}`,
]
export const tone = (seconds: number) => ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`]
const FAST = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']

/** A film with sound, as a phone writes it. */
export const film = (size = '320x240', seconds = 2, more: readonly string[] = []) =>
  made('mp4', [...pictures(size, seconds), ...tone(seconds), ...FAST, '-c:a', 'aac', '-shortest', ...more])

/** What ffprobe says of bytes. */
export function probed(bytes: Buffer) {
  const folder = mkdtempSync(path.join(tmpdir(), 'kith-probe-'))
  try {
    const args = ['-v', 'error', '-print_format', 'json', '-show_format', '-show_streams', '-show_chapters', 'pipe:0']
    const told = execFileSync('ffprobe', args, { input: bytes, encoding: 'utf8' })
    return JSON.parse(told) as {
      streams: Record<string, unknown>[]
      chapters: unknown[]
      format: { duration?: string; tags?: Record<string, string> }
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What comes of a recording, with its files read. */
export async function rendered(kind: 'video' | 'audio', bytes: Buffer, shares: number[] = [], folder = tmpdir()) {
  const recordings = await openRecordings({ ...PROGRAMS, folder })
  await using recording = await recordings.render(kind, Readable.from([bytes]), share => shares.push(share))
  const files: { file: string; bytes: Buffer; width: number | null; height: number | null }[] = []
  for (const { file, body, width, height } of recording.files)
    files.push({ file, bytes: Buffer.concat(await (body as Readable).toArray()), width, height })
  const { width, height, durationMs, poster } = recording
  return { width, height, durationMs, poster, files }
}

/** Why a recording is refused, or `accepted`; any other error is thrown on. */
export async function refusalOf(kind: 'video' | 'audio', bytes: Buffer, folder?: string): Promise<string> {
  try {
    await rendered(kind, bytes, [], folder)
    return 'accepted'
  } catch (error) {
    if (error instanceof UnreadableMedia) return error.reason
    throw error
  }
}
