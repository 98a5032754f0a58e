import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { UnreadableMedia } from '../../kernel/media.ts'

/** How long a program may take, by the clock and of the processor. */
export interface Patience {
  readonly seconds: number
}

/** Of address space; what it holds beyond is refused to it. */
const KILOBYTES = 2_000_000
const TAIL = 2000

/** Becomes the program, with the bounds its parent may not give it. That of the processor ends it where nobody waits any more. */
const BOUNDED = `ulimit -v ${KILOBYTES}; ulimit -t "$1"; shift; exec "$0" "$@"`

/** Runs ffmpeg or one of its kind, apart from our secrets. */
export interface Program {
  /**
   * Hears its output line by line. Throws `UnreadableMedia` where it takes too long or too much memory, `Failed` where it ends
   * otherwise than well, which with good bytes it does not, and any other error where that is not its doing.
   */
  (args: readonly string[], options: Patience & { readonly hear: (line: string) => void }): Promise<void>
}

/** The program found nothing to do with what it was given. */
export class Failed extends Error {
  override name = 'Failed'
}

/** A program by its name on `path`, or by where it is; it is ended when it is to `stop`. */
export const program =
  (name: string, path: string, stop?: AbortSignal): Program =>
  async (args, { seconds, hear }) => {
    const child = spawn('/bin/sh', ['-c', BOUNDED, name, String(Math.ceil(2 * seconds)), ...args], {
      env: { PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // so that what it starts is ended with it
    })
    const end = () => void (child.pid && process.kill(-child.pid, 'SIGKILL'))
    let isLate = false
    const late = setTimeout(() => {
      isLate = true
      end()
    }, seconds * 1000)
    stop?.addEventListener('abort', end)
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-TAIL)
    })
    createInterface(child.stdout).on('line', hear)
    try {
      const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
      if (isLate) throw new UnreadableMedia('too_slow')
      if (code !== 0) blame(name, signal ?? code, said.trim())
    } finally {
      clearTimeout(late)
      stop?.removeEventListener('abort', end)
    }
  }

/** Ends that somebody else brings about: ffmpeg answers a signal with 255, the shell with 126 or 127 what it cannot run. */
const FROM_OUTSIDE = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 255, 126, 127]
const NO_ROOM = /No space left on device/
const NO_MEMORY = /Cannot allocate memory|malloc of size \d+ failed/

function blame(name: string, end: string | number | null, said: string): never {
  const failed = new Failed(`${name} ended with ${end}: ${said}`)
  if (FROM_OUTSIDE.some(known => known === end) || NO_ROOM.test(said))
    throw new Error(`${name} could not go on`, { cause: failed })
  throw NO_MEMORY.test(said) ? new UnreadableMedia('too_heavy', { cause: failed }) : failed
}
