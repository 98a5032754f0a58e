import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Lets another process start a server in a folder, kills that process with SIGKILL, and tells the server's port. */
export async function startAndDie(kind: 'postgres' | 'redis', folder: string): Promise<number> {
  const script = fileURLToPath(import.meta.resolve('./starter.ts'))
  const starter = spawn(process.execPath, [script, kind, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(starter, 'exit')
  const said = once(starter.stdout, 'data')
  const port = await Promise.race([said.then(String), exited.then(() => '')])
  starter.kill('SIGKILL')
  await exited
  if (!port) throw new Error(`The ${kind} starter ended before its server was up`)
  return Number(port)
}
