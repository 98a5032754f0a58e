import anyTest from 'ava'
import { startChild } from '../../src/local/children.ts'
import { makePhoto } from '../support/photo.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { upload } from './support/upload.ts'

const test = anyTest as WorldTest
withWorld(test, { worker: false })

const PEOPLE = ['Ada', 'Bob', 'Cara', 'Dan', 'Eve'] as const
const EACH = 10

test('a worker that is killed in the middle of fifty photos loses none, and nobody hears of one twice', async t => {
  const { env, db, cast } = t.context
  const worker = () => startChild('worker', 'src/main/worker.ts', env)
  const first = await worker()
  t.teardown(() => first.process.kill('SIGKILL'))
  const people = await cast(...PEOPLE)
  const photo = await makePhoto({ width: 800, height: 600, gps: false })
  for (const person of people)
    for (let n = 0; n < EACH; n++) {
      const mediaId = await upload(person, photo)
      await person.call('upload:complete', { mediaId })
    }
  await people[0].next('media:ready')
  first.process.kill('SIGKILL')
  await first.ended
  const ready = () => db('media').where({ status: 'ready' }).pluck<string[]>('id')
  const before = await ready()
  t.true(before.length < PEOPLE.length * EACH, `${before.length} were ready when it was killed`)

  const second = await worker()
  t.teardown(() => second.stop())
  for (const person of people) {
    const heard = () => person.heard.filter(({ name }) => name === 'media:ready').length
    while (heard() < EACH) await person.next('media:ready')
    t.is((await person.hearsAll()).filter(({ name }) => name === 'media:ready').length, EACH)
    t.false(person.heard.some(({ name }) => name === 'media:failed'))
  }
  t.is((await ready()).length, PEOPLE.length * EACH)
})
