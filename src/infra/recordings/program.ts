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

/** Becomes the program, with the bounds its parent may not give it. */
const BOUNDED = `ulimit -v ${KILOBYTES}; exec "$0" "$@"`

/** Runs ffmpeg or one of its kind, apart from our secrets. */
export interface Program {
  /**
   * Hears its output line by line. Throws `UnreadableMedia` where it takes too long, and `Failed` where it ends otherwise than
   * well, which with good bytes it does not.
   */
  (args: readonly string[], options: Patience & { readonly hear: (line: string) => void }): Promise<void>
}

/** The program found nothing to do with what it was given. */
export class Failed extends Error {
  override name = 'Failed'
}

/** A program by its name on `path`, or by where it is. */
export const program =
  (name: string, path: string): Program =>
  async (args, { seconds, hear }) => {
    const child = spawn('/bin/sh', ['-c', BOUNDED, name, ...args], {
      env: { PATH: path },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // so that what it starts is ended with it
    })
    let isLate = false
    const late = setTimeout(() => {
      isLate = true
      if (child.pid) process.kill(-child.pid, 'SIGKILL')
    }, seconds * 1000)
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-TAIL)
    })
    createInterface(child.stdout).on('line', hear)
    try {
      const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
      if (isLate) throw new UnreadableMedia('too_slow')
      if (code !== 0) throw new Failed(`${name} ended with ${signal ?? code}: ${said.trim()}`)
    } finally {
      clearTimeout(late)
    }
  }
