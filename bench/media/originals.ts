import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { makePhoto } from '../../test/support/photo.ts'

export interface Original {
  readonly name: string
  readonly bytes: Buffer
}

/** Which photos are measured: `--photos` names files or folders of them, as often as wanted. */
export const ORIGINALS = { photos: { type: 'string', multiple: true } } as const satisfies ParseArgsOptionsConfig

/** The photos that were named; without any, two of 12 megapixels that are painted with hills, grain and fine detail. */
export async function originals(): Promise<Original[]> {
  const { values } = parseArgs({ options: ORIGINALS, strict: false })
  const named = (values.photos ?? []).map(String)
  if (named.length === 0) return paint()
  const files = named.flatMap(photosIn)
  if (files.length === 0) throw new Error(`There are no photos in ${named.join(', ')}`)
  return files.map(file => ({ name: path.basename(file), bytes: readFileSync(file) }))
}

const PHOTO = /\.(jpe?g|png|webp|avif|heic)$/i

function photosIn(place: string): string[] {
  if (statSync(place).isFile()) return [place]
  const names = readdirSync(place).filter(name => PHOTO.test(name))
  return names.toSorted().map(name => path.join(place, name))
}

const paint = async (): Promise<Original[]> => [
  { name: 'painted', bytes: await makePhoto() },
  { name: 'painted, taken upright', bytes: await makePhoto({ orientation: 6 }) },
]

/** Says which photos were measured. */
export const saying = (photos: readonly Original[]) =>
  `The photos: ${photos.map(({ name, bytes }) => `${name} (${(bytes.length / 1e6).toFixed(1)} MB)`).join(', ')}.`
