import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import anyTest, { type ExecutionContext } from 'ava'
import { openRecordings } from '../../src/infra/recordings/index.ts'
import { film, PROGRAMS, refusalOf, withFfmpeg } from './support/film.ts'

const test = withFfmpeg(anyTest)

/** A place of its own to work in, which others leave alone. */
function place(t: ExecutionContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'kith-place-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

test('nothing is left on disk, neither of what is taken nor of what is refused', async t => {
  const folder = place(t)
  t.is(await refusalOf('video', film(), folder), 'accepted')
  t.is(await refusalOf('video', Buffer.from('This is no film. '.repeat(20)), folder), 'not_a_recording')
  t.deepEqual(readdirSync(folder), [])
})

anyTest('what a process that was killed left on disk is removed by the next', async t => {
  const folder = place(t)
  const make = (name: string) => {
    const made = path.join(folder, name)
    mkdirSync(made)
    return made
  }
  make('kith-recording-999999999-left')
  make(`kith-recording-${process.pid}-ours`)
  utimesSync(make(`kith-recording-${process.pid}-of-one-that-had-our-number`), 0, 0)
  make('of-somebody-else')
  await openRecordings({ ...PROGRAMS, folder })
  t.deepEqual(readdirSync(folder).toSorted(), [`kith-recording-${process.pid}-ours`, 'of-somebody-else'])
})

anyTest('an original whose stream breaks off is no fault of the file', async t => {
  const folder = place(t)
  const recordings = await openRecordings({ ...PROGRAMS, folder })
  const broken = Readable.from(
    (async function* () {
      yield Buffer.alloc(100)
      await Promise.resolve()
      throw new Error('storage is away')
    })(),
  )
  const rendering = recordings.render('video', broken, () => undefined)
  await t.throwsAsync(rendering, { message: 'storage is away' })
  t.deepEqual(readdirSync(folder), [])
})

anyTest('an original that is larger than was agreed is no fault of the file, and does not fill the disk', async t => {
  const folder = place(t)
  const recordings = await openRecordings({ ...PROGRAMS, folder })
  let read = 0
  const endless = Readable.from(
    (function* () {
      for (;;) {
        read += 1
        yield Buffer.alloc(1024 * 1024)
      }
    })(),
  )
  const error = await t.throwsAsync(recordings.render('audio', endless, () => undefined))
  t.regex(error.message, /more than 20971520 bytes/)
  t.true(read < 60, `${read}`)
  t.deepEqual(readdirSync(folder), [])
})
