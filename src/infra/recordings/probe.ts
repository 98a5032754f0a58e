import { UnreadableMedia } from '../../kernel/media.ts'
import type { Demuxer } from './container.ts'
import { CODECS, opened } from './opened.ts'
import { Failed, type Program } from './program.ts'

/** What is in a recording: of each kind the first that we decode. */
export interface Probed {
  /** Upright; null without moving pictures. */
  readonly picture: Picture | null
  readonly sound: Sound | null
  /** Whether there is one of each kind at all. */
  readonly has: { readonly picture: boolean; readonly sound: boolean }
  /** 0 where the file does not say. */
  readonly seconds: number
}
export interface Picture {
  /** Which of the streams it is. */
  readonly index: number
  readonly width: number
  readonly height: number
  readonly framesPerSecond: number
}
export interface Sound {
  readonly index: number
  readonly channels: number
}

/** No more of what a file says of itself than this is asked, lest its remarks fill the memory here. */
const QUESTIONS =
  'format=duration:stream=index,codec_type,codec_name,width,height,avg_frame_rate,channels' +
  ':stream_disposition=attached_pic:stream_side_data=rotation'

interface Stream {
  readonly index: number
  readonly codec_type?: string
  readonly codec_name?: string
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

/** Looks into a recording; throws `UnreadableMedia` where it cannot be read. */
export async function probe(ffprobe: Program, file: string, demuxer: Demuxer): Promise<Probed> {
  const lines: string[] = []
  const args = ['-v', 'error', '-of', 'json', '-show_entries', QUESTIONS, ...opened(file, demuxer)]
  await ffprobe(args, { seconds: PATIENCE_SECONDS, hear: line => lines.push(line) }).catch(damaged)
  const { streams = [], format } = JSON.parse(lines.join('\n')) as Report
  const films = streams.filter(({ codec_type: type, disposition }) => type === 'video' && !disposition?.attached_pic)
  const sounds = streams.filter(({ codec_type: type }) => type === 'audio')
  const film = films.find(({ codec_name: name = '' }) => CODECS.picture.includes(name))
  const sound = sounds.find(({ codec_name: name = '' }) => CODECS.sound.includes(name))
  const seconds = Number(format?.duration ?? 0)
  return {
    picture: film ? pictureOf(film) : null,
    sound: sound ? { index: sound.index, channels: sound.channels ?? 1 } : null,
    has: { picture: films.length > 0, sound: sounds.length > 0 },
    seconds: Number.isFinite(seconds) ? seconds : 0,
  }
}

function pictureOf({ index, width = 0, height = 0, avg_frame_rate: rate = '', side_data_list: turns = [] }: Stream) {
  const isTurned = turns.some(({ rotation = 0 }) => Math.abs(rotation) % 180 === 90)
  const [frames = 0, seconds = 0] = rate.split('/').map(Number)
  const upright = isTurned ? { width: height, height: width } : { width, height }
  return { index, ...upright, framesPerSecond: seconds > 0 ? frames / seconds : 0 }
}

const ODD_CODEC = /not on whitelist/
const TOO_LARGE = /max pixel count/

/** The program fails with bytes that are not what they seem to be, and with what it was told not to decode. */
export function damaged(cause: unknown): never {
  if (!(cause instanceof Failed)) throw cause
  if (TOO_LARGE.test(cause.message)) throw new UnreadableMedia('too_many_pixels', { cause })
  throw new UnreadableMedia(ODD_CODEC.test(cause.message) ? 'unsupported_format' : 'damaged', { cause })
}
