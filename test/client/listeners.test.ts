import test from 'ava'
import { listeners } from '../../client/listeners.ts'

test.serial('a listener that throws keeps nobody else from hearing, and its error is not swallowed', t => {
  const thrown: (() => void)[] = []
  const { queueMicrotask } = globalThis
  t.teardown(() => {
    globalThis.queueMicrotask = queueMicrotask
  })
  globalThis.queueMicrotask = task => void thrown.push(task)

  const heard: number[] = []
  const all = listeners<[number]>()
  all.add(() => {
    throw new Error('broken screen')
  })
  all.add(n => heard.push(n))
  all.tell(1)
  all.tell(2)
  t.deepEqual(heard, [1, 2])
  t.is(thrown.length, 2)
  t.throws(() => thrown[0]?.(), { message: 'broken screen' })
})
