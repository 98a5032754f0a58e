import { setImmediate } from 'node:timers/promises'
import test from 'ava'
import { createTurnstile } from '../../src/infra/socket/turnstile.ts'

const stays = new AbortController().signal

test('so many work at once, and the others come in the order they asked', async t => {
  const turnstile = createTurnstile(2)
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const passed = ['a', 'b', 'c', 'd'].map(name =>
    turnstile.pass(() => {
      begun.push(name)
      return new Promise(resolve => ends.set(name, resolve))
    }, stays),
  )
  await setImmediate()
  t.deepEqual(begun, ['a', 'b'])
  t.is(turnstile.waiting(), 2)
  for (const name of ['b', 'a', 'd', 'c']) {
    ends.get(name)?.()
    await setImmediate()
  }
  await Promise.all(passed)
  t.deepEqual(begun, ['a', 'b', 'c', 'd'])
  t.is(turnstile.waiting(), 0)
})

test('who is gone leaves the queue at once and takes no turn', async t => {
  const turnstile = createTurnstile(1)
  const done: string[] = []
  const first = Promise.withResolvers<void>()
  const gone = new AbortController()
  const passed = [
    turnstile.pass(() => first.promise.then(() => void done.push('first')), stays),
    turnstile.pass(() => Promise.reject(new Error('A turn for nobody')), gone.signal),
    turnstile.pass(() => Promise.resolve(void done.push('last')), stays),
  ]
  t.is(turnstile.waiting(), 2)
  gone.abort()
  t.is(turnstile.waiting(), 1)
  first.resolve()
  await Promise.all(passed)
  await turnstile.pass(() => Promise.reject(new Error('A turn for nobody')), gone.signal)
  t.deepEqual(done, ['first', 'last'])
})

test('a work that fails gives its turn to the next', async t => {
  const turnstile = createTurnstile(1)
  const failing = turnstile.pass(() => Promise.reject(new Error('broken')), stays)
  const next = turnstile.pass(() => Promise.resolve(), stays)
  await t.throwsAsync(failing, { message: 'broken' })
  await next
  t.is(turnstile.waiting(), 0)
})
