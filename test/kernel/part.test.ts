import test from 'ava'
import { merged } from '../../src/kernel/part.ts'

test('a part takes the place of what was there, at any depth, and leaves the rest as it was', t => {
  const whole = { leaf: 'green', pot: { cups: 4, lid: true, marks: ['a', 'b'] }, milk: null as string | null }
  t.deepEqual(merged(whole, {}), whole)
  t.deepEqual(merged(whole, { pot: {} }), whole)
  t.deepEqual(merged(whole, { leaf: 'black', pot: { lid: false, marks: ['c'] }, milk: 'oat' }), {
    leaf: 'black',
    pot: { cups: 4, lid: false, marks: ['c'] },
    milk: 'oat',
  })
  t.deepEqual(whole, { leaf: 'green', pot: { cups: 4, lid: true, marks: ['a', 'b'] }, milk: null })
})
