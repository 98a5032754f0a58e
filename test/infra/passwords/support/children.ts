import { channel } from 'node:diagnostics_channel'
import type { ChildProcess } from 'node:child_process'

/** Every child process this one starts from now on. */
export function watchChildren(): readonly ChildProcess[] {
  const children: ChildProcess[] = []
  channel('child_process').subscribe(message => children.push((message as { process: ChildProcess }).process))
  return children
}

export const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null
