import { readFileSync } from 'node:fs'
import path from 'node:path'
import test from 'ava'
import { sandboxedImages } from '../../src/infra/images/index.ts'
import { openSandbox, type Bounds, type Sandbox } from '../../src/infra/images/sandbox.ts'
import { UnreadableMedia } from '../../src/kernel/media.ts'
import { makePhoto } from '../support/photo.ts'

const BOUNDS = { seconds: 20, megabytes: 900 }
const nothing = () => undefined

const reasonOf = async (rendering: Promise<unknown>): Promise<string> => {
  const error: unknown = await rendering.then(
    () => new Error('It was rendered'),
    (error: unknown) => error,
  )
  return error instanceof UnreadableMedia ? error.reason : String(error)
}

test.serial(
  'a photo is rendered in a process that has none of our secrets and may neither write nor start anything',
  async t => {
    const sandbox = openSandbox(BOUNDS)
    t.teardown(() => sandbox.end())
    const shares: number[] = []
    const { files } = await sandbox.render(await makePhoto({ width: 300, height: 200 }), share => shares.push(share))
    t.true(files.length > 0)
    t.is(shares.at(-1), 1)
    const environment = readFileSync(`/proc/${sandbox.pid}/environ`, 'latin1')
    t.notRegex(environment, /DATABASE|REDIS|KEY|HOME|PATH/)
    const command = readFileSync(`/proc/${sandbox.pid}/cmdline`, 'latin1')
    t.regex(command, /--permission/)
    const readable = [...command.matchAll(/--allow-fs-read=([^\0]*)/g)].map(([, given = '']) =>
      path.relative('.', given),
    )
    t.deepEqual(readable, ['src/*', 'node_modules/*', 'package.json'])
    t.notRegex(command, /--allow-(fs-write|child-process|worker|wasi)/)
  },
)

test.serial('what takes too long is ended, and what takes too much memory, too', async t => {
  const photo = await makePhoto({ width: 3000, height: 2000, gps: false })
  for (const [bounds, reason] of [
    [{ ...BOUNDS, seconds: 0.05 }, 'too_slow'],
    [{ ...BOUNDS, megabytes: 20 }, 'too_heavy'],
  ] as const) {
    await using images = sandboxedImages(bounds)
    t.is(await reasonOf(images.render(photo, nothing)), reason)
  }
})

test.serial('a process that is killed is replaced, and its photo rendered by another', async t => {
  const opened: Sandbox[] = []
  await using images = sandboxedImages(BOUNDS, recordedIn(opened))
  const photo = await makePhoto({ width: 2400, height: 1600, gps: false })
  let killed = 0
  const { files } = await images.render(photo, () => {
    if (killed++ === 0) process.kill(opened[0]?.pid ?? NaN, 'SIGKILL')
  })
  t.is(files.length, 18)
  t.true(killed > 1)
  t.deepEqual(
    opened.map(sandbox => sandbox.isAlive()),
    [false, true],
  )
})

test.serial('a photo whose processes are killed is not blamed, and one over which they break is', async t => {
  const photo = await makePhoto({ width: 2400, height: 1600, gps: false })
  for (const [signal, outcome] of [
    ['SIGKILL', /^Error: .* ended: SIGKILL/],
    ['SIGSEGV', /^damaged$/],
  ] as const) {
    const opened: Sandbox[] = []
    await using images = sandboxedImages(BOUNDS, recordedIn(opened))
    const kill = () => process.kill(opened.at(-1)?.pid ?? NaN, signal)
    t.regex(await reasonOf(images.render(photo, kill)), outcome)
    t.is(opened.length, 2)
  }
})

test.serial('processes that are killed while they wait are not laid to the next photo', async t => {
  const opened: Sandbox[] = []
  await using images = sandboxedImages(BOUNDS, recordedIn(opened))
  const photo = await makePhoto({ width: 200, height: 100, gps: false })
  await Promise.all([1, 2, 3].map(() => images.render(photo, nothing)))
  t.is(opened.length, 3)
  for (const { pid } of opened) process.kill(pid ?? NaN, 'SIGKILL')
  t.true((await images.render(photo, nothing)).files.length > 0)
})

test.serial('one photo after the other is rendered by one process, and two at once by two', async t => {
  const opened: Sandbox[] = []
  await using images = sandboxedImages(BOUNDS, recordedIn(opened))
  const photo = await makePhoto({ width: 200, height: 100, gps: false })
  await images.render(photo, nothing)
  await images.render(photo, nothing)
  t.is(opened.length, 1)
  await Promise.all([images.render(photo, nothing), images.render(photo, nothing)])
  t.is(opened.length, 2)
  t.true(opened.every(sandbox => sandbox.isAlive()))
})

test.serial('a process ends with whoever started it', async t => {
  const sandbox: Sandbox = openSandbox(BOUNDS)
  await sandbox.render(await makePhoto({ width: 20, height: 20, gps: false }), nothing)
  t.true(sandbox.isAlive())
  await sandbox.end()
  t.false(sandbox.isAlive())
  t.is(sandbox.megabytes(), 0)
})

/** Opens sandboxes and keeps note of them: other tests have theirs in this process, too. */
const recordedIn = (opened: Sandbox[]) => (bounds: Bounds) => {
  const sandbox = openSandbox(bounds)
  opened.push(sandbox)
  return sandbox
}
