import type { Demuxer } from './container.ts'

export const MAX_PIXELS = 4096 * 2304

/** What recordings are encoded in: by phones, cameras and browsers, and by hardly anything else. */
export const CODECS: Readonly<Record<'picture' | 'sound', readonly string[]>> = {
  picture: ['h264', 'hevc', 'vp8', 'vp9', 'av1', 'mpeg4', 'h263', 'mjpeg', 'prores'],
  sound: ['aac', 'mp3', 'opus', 'vorbis', 'flac', 'alac', 'amr_nb', 'amr_wb', 'ac3', 'eac3'].concat(
    ['u8', 's16le', 's16be', 's24le', 's24be', 's32le', 'f32le', 'mulaw', 'alaw'].map(form => `pcm_${form}`),
  ),
}
/** Some are decoded by what has a name of its own. */
const THEIRS = ['libdav1d', 'libaom-av1', 'mp3float', 'amrnb', 'amrwb']
/** What may lie beside them, and is only looked at: covers and subtitles. */
const BESIDE = ['png', 'gif', 'bmp', 'mov_text', 'cc_dec', 'webvtt', 'srt', 'subrip', 'ass', 'ssa', 'text']
const DECODERS = [...CODECS.picture, ...CODECS.sound, ...THEIRS, ...BESIDE]

/**
 * How a file is opened: as what it was found to be, and nothing beside it; by decoders we know, and by none of more pixels than we
 * take, whatever the file says of itself.
 */
export const opened = (file: string, demuxer: Demuxer): readonly string[] => {
  const trusted = ['-protocol_whitelist', 'file', '-codec_whitelist', DECODERS.join(',')]
  return [...trusted, '-max_pixels', `${MAX_PIXELS}`, '-threads', '1', '-f', demuxer, '-i', `file:${file}`]
}
