/** `npm start`: everything on one machine, with stand-ins for whatever is not configured. */
import { once } from 'node:events'
import { startChild, type Child } from '../local/children.ts'
import { startLocalEnvironment } from '../local/environment.ts'
import { freePort } from '../local/network.ts'
import { release } from '../infra/db/release.ts'
import { openRecordings } from '../infra/recordings/index.ts'
import { readConfig, readReleaseConfig, readStartConfig } from './config.ts'

const { given, folder, port } = readStartConfig()
const say = (line: string) => process.stdout.write(`${line}\n`)
const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])

try {
  await using local = await startLocalEnvironment(given, folder, say)
  const { ownerUrl, appUrl } = readReleaseConfig(local.env)
  await release(ownerUrl, appUrl)

  await using children = new AsyncDisposableStack()
  const running: Child[] = []
  const start = async (name: string, entry: string, env: NodeJS.ProcessEnv) => {
    const child = await startChild(name, entry, { ...local.env, INTERNAL_PORT: '0', ...env })
    children.defer(() => child.stop())
    running.push(child)
    return child
  }
  await start('worker', 'src/main/worker.ts', {})
  const { seed } = await import('../../seeds/demo.ts')
  const people = await seed(local.env)
  const free = await freePort(port)
  if (free !== port && port !== 0) say(`Port ${port} is taken; Kith takes another.`)
  const web = await start('web', 'src/main/web.ts', { PORT: String(free) })

  const { able } = await openRecordings(readConfig(local.env).recordings)
  if (!able) say('Videos and sounds are refused: there is no ffmpeg that can make them.')
  say(`Kith is up: http://127.0.0.1:${web.up.port}`)
  for (const { name, phone } of people.slice(0, 2)) say(`Sign in as ${name}: ${phone}`)
  if (local.inboxUrl) say(`The codes arrive here: ${local.inboxUrl}`)
  say('Stop with Ctrl-C.')
  const lost = await Promise.race([
    stopped.then(() => null),
    ...running.map(child => child.ended.then(() => child.name)),
  ])
  if (lost) throw new Error(`The ${lost} process ended; its last lines say why`)
  say('Stopping…')
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
