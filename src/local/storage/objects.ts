import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { parseJson, writeAtomically } from '../files.ts'
import type { Received } from './incoming.ts'
import { check, type Preconditions } from './preconditions.ts'
import { Invalid, NotFound } from './refusal.ts'

/** What whoever stores an object may say about it. */
export interface Description {
  readonly contentType?: string | undefined
  readonly contentEncoding?: string | undefined
  readonly contentDisposition?: string | undefined
  readonly contentLanguage?: string | undefined
  readonly cacheControl?: string | undefined
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

/** An object as it is kept: its body lies in a file named for its generation. */
export interface StoredObject extends Description {
  readonly bucket: string
  readonly name: string
  readonly generation: number
  readonly metageneration: number
  readonly size: number
  readonly md5: string
  readonly crc32c: string
  readonly createdAt: string
  readonly updatedAt: string
}

export interface Place {
  readonly bucket: string
  readonly name: string
}

export type Objects = ReturnType<typeof openObjects>

/**
 * The objects of a folder. What is known of them is kept in memory and beside each body; every change is one synchronous
 * step, so a precondition that was checked still holds when the change is made.
 */
export function openObjects(dataDir: string) {
  const folder = path.join(dataDir, 'objects')
  const arriving = path.join(dataDir, 'arriving')
  rmSync(arriving, { recursive: true, force: true })
  for (const made of [folder, arriving]) mkdirSync(made, { recursive: true, mode: 0o700 })

  const kept = new Map<string, StoredObject>()
  for (const file of readdirSync(folder).filter(name => name.endsWith('.json'))) {
    const object = parseJson<StoredObject>(readFileSync(path.join(folder, file), 'utf8'))
    kept.set(keyOf(object), object)
  }
  let lastGeneration = Math.max(0, ...[...kept.values()].map(object => object.generation))

  const fileOf = (key: string, ending: string | number) => path.join(folder, `${key}.${ending}`)
  const bodyOf = (object: StoredObject) => fileOf(keyOf(object), object.generation)
  const keep = (object: StoredObject) => {
    writeAtomically(fileOf(keyOf(object), 'json'), JSON.stringify(object))
    kept.set(keyOf(object), object)
    return object
  }

  return {
    /** Where bodies are written before they belong to an object. */
    arriving,
    /** The file with the body of an object. */
    bodyOf,

    find: (place: Place) => kept.get(keyOf(place)) ?? null,

    /** The object, of this generation if one is named, or a refusal. */
    get(place: Place, generation: string | null = null): StoredObject {
      const object = kept.get(keyOf(place))
      if (!object || (generation !== null && generation !== String(object.generation))) {
        throw NotFound(place.bucket, place.name)
      }
      return object
    },

    /** All objects of a bucket in the order of their names. */
    inBucket: (bucket: string) =>
      [...kept.values()].filter(object => object.bucket === bucket).toSorted((a, b) => (a.name < b.name ? -1 : 1)),

    /** Makes a received body the new content of an object. */
    put(place: Place, body: Received, description: Description, conditions: Preconditions): StoredObject {
      const before = kept.get(keyOf(place))
      try {
        check(conditions, before)
        refuseBadName(place.name)
      } catch (refusal) {
        rmSync(body.file)
        throw refusal
      }
      lastGeneration = Math.max(lastGeneration + 1, Date.now() * 1000)
      const now = new Date().toISOString()
      const object = {
        contentType: 'application/octet-stream',
        ...onlyDescription(description),
        bucket: place.bucket,
        name: place.name,
        generation: lastGeneration,
        metageneration: 1,
        size: body.size,
        md5: body.md5,
        crc32c: body.crc32c,
        createdAt: now,
        updatedAt: now,
      }
      renameSync(body.file, bodyOf(object))
      keep(object)
      if (before) rmSync(bodyOf(before), { force: true })
      return object
    },

    /** Changes what is said about an object; its content stays. */
    describe(object: StoredObject, description: Description): StoredObject {
      const updatedAt = new Date().toISOString()
      return keep({ ...object, ...description, metageneration: object.metageneration + 1, updatedAt })
    },

    remove(object: StoredObject): void {
      kept.delete(keyOf(object))
      rmSync(fileOf(keyOf(object), 'json'), { force: true })
      rmSync(bodyOf(object), { force: true })
    },
  }
}

/** A name as a file name: never a path, whatever is in it. */
const keyOf = ({ bucket, name }: Place) => createHash('sha256').update(`${bucket}\0${name}`).digest('hex')

function refuseBadName(name: string): void {
  if (name === '' || Buffer.byteLength(name) > 1024 || /[\r\n]/.test(name)) throw Invalid('Bad object name.')
}

function onlyDescription(given: Description): Description {
  const { contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl, metadata } = given
  const all = { contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl, metadata }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}
