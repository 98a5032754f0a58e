/** A child process that makes and checks hashes, one at a time. It knows no key: what it is sent was made with one. */
import { constants, setPriority } from 'node:os'
import bcrypt from 'bcrypt'
import type { Answer, Task } from './hashers.ts'

// Behind whatever else wants the machine, but not so far that nobody signs in while it is busy.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL)

// The parent says when to stop: it answers those it has, and hangs up. When it is gone, the line is dead too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.on('disconnect', () => process.exit())

process.on('message', ({ secret, cost, hash }: Task) => {
  const begun = performance.now()
  const done =
    hash === null
      ? { hash: bcrypt.hashSync(secret, cost), right: true }
      : { hash, right: bcrypt.compareSync(secret, hash) }
  process.send?.({ ...done, ms: performance.now() - begun } satisfies Answer)
})
