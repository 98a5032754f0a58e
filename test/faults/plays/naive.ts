/**
 * The usual code, as a control: a command commits, then emits to a room through the Redis adapter, and rights are taken
 * with `socketsLeave`. It is driven and judged as the real server is, and must be found to lose and to leak.
 */
import type { Program } from '../cluster/index.ts'
import type { Rewrite } from '../cluster/rewrite.ts'

const SERVER = 'test/faults/plays/naive-server.ts'

export const naive: Program = { name: 'naive', web: SERVER, worker: null, hasLog: false, rewrites: () => [] }

/** It dies right after its nth commit. */
export const naiveDiesAfterCommit = (nth: number): Rewrite[] => [
  {
    file: SERVER,
    from: 'const effects = await commit(command, caller, input)',
    to: `const effects = await commit(command, caller, input)
    ;(globalThis.kithLeft = (globalThis.kithLeft ?? ${nth}) - 1) === 0 && process.kill(process.pid, 'SIGKILL')`,
  },
]
