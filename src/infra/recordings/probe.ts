import { UnreadableMedia } from '../../kernel/media.ts'
import type { Demuxer } from './container.ts'
import { Failed, type Program } from './program.ts'

/** What is in a recording. */
export interface Probed {
  /** Upright; null without moving pictures. */
  readonly picture: { readonly width: number; readonly height: number; readonly framesPerSecond: number } | null
  readonly channels: number
  /** 0 where the file does not say. */
  readonly seconds: number
}

interface Stream {
  readonly codec_type?: string
  readonly width?: number
  readonly height?: number
  readonly avg_frame_rate?: string
  readonly channels?: number
  readonly disposition?: { readonly attached_pic?: number }
  readonly side_data_list?: readonly { readonly rotation?: number }[]
}
interface Report {
  readonly streams?: readonly Stream[]
  readonly format?: { readonly duration?: string }
}

const PATIENCE_SECONDS = 20

/** How a file is opened: as what it was found to be, and nothing beside it. */
export const opened = (file: string, demuxer: Demuxer): readonly string[] => [
  '-protocol_whitelist',
  'file',
  '-f',
  demuxer,
  '-i',
  `file:${file}`,
]

/** Looks into a recording; throws `UnreadableMedia` where it cannot be read. */
export async function probe(ffprobe: Program, file: string, demuxer: Demuxer): Promise<Probed> {
  const lines: string[] = []
  const args = ['-v', 'error', '-print_format', 'json', '-show_format', '-show_streams', ...opened(file, demuxer)]
  await ffprobe(args, { seconds: PATIENCE_SECONDS, hear: line => lines.push(line) }).catch(damaged)
  const { streams = [], format } = JSON.parse(lines.join('\n')) as Report
  const film = streams.find(({ codec_type: type, disposition }) => type === 'video' && !disposition?.attached_pic)
  const sound = streams.find(({ codec_type: type }) => type === 'audio')
  const seconds = Number(format?.duration ?? 0)
  return {
    picture: film ? pictureOf(film) : null,
    channels: sound?.channels ?? 0,
    seconds: Number.isFinite(seconds) ? seconds : 0,
  }
}

function pictureOf({ width = 0, height = 0, avg_frame_rate: rate = '', side_data_list: turns = [] }: Stream) {
  const isTurned = turns.some(({ rotation = 0 }) => Math.abs(rotation) % 180 === 90)
  const [frames = 0, seconds = 0] = rate.split('/').map(Number)
  const upright = isTurned ? { width: height, height: width } : { width, height }
  return { ...upright, framesPerSecond: seconds > 0 ? frames / seconds : 0 }
}

/** The program fails with bytes that are not what they seem to be. */
export function damaged(cause: unknown): never {
  throw cause instanceof Failed ? new UnreadableMedia('damaged', { cause }) : cause
}
