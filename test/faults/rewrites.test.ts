/** What the harness rewrites must stand in the program, or a fault would do nothing and a mutation change nothing. */
import { readFileSync } from 'node:fs'
import test from 'ava'
import { rewritten } from './cluster/rewrite.ts'
import * as rewrites from './rewrites.ts'

/** Where a function of the database is written. */
const PLACES: Readonly<Record<string, string>> = { sequence_outbox: 'migrations/20261121090100_redact_log.ts' }

for (const [name, found] of Object.entries(rewrites))
  test(`${name} finds its place`, t => {
    for (const rewrite of typeof found === 'function' ? found(1) : found)
      t.not(rewritten(readFileSync(PLACES[rewrite.file] ?? rewrite.file, 'utf8'), rewrite), '')
  })

test('a snippet that is not there, or more than once, is refused', t => {
  for (const text of ['nothing', 'here and here'])
    t.throws(() => rewritten(text, { file: 'a.ts', from: 'here', to: 'there' }), { message: /^a\.ts has (0|2) of/ })
})
