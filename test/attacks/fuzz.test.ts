import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import test from 'ava'
import { startChild, type Child } from '../../src/local/children.ts'
import { signUp } from '../support/person.ts'
import { freshEnvironment } from '../support/world.ts'
import { generator, hostileFrame, hostileRequest, pick, type Random } from './support/hostile.ts'
import { openWire, rawRequest, signedWire, tokenOf, type Wire } from './support/wire.ts'

const FRAMES = 7000
const REQUESTS = 1900
const ATTACKERS = 8
const HANGING = 50
const PEOPLE = 20
/** So that what is kept shows, and what is only not collected yet does not. */
const SMALL_HEAP = '--max-old-space-size=128 --max-semi-space-size=4'

test('ten thousand malformed frames and requests leave every process as it was', async t => {
  t.timeout(120_000)
  await using stack = new AsyncDisposableStack()
  const { env, drop } = await freshEnvironment({ TRUSTED_HOPS: '1', LIMIT_SCALE: '1000' })
  stack.defer(drop)
  const warnings = path.join(tmpdir(), `kith-warnings-${randomUUID()}`)
  const lines: string[] = []
  const start = async (name: string, entry: string) => {
    const given = { ...env, LOG_LEVEL: 'warn', NODE_OPTIONS: `${SMALL_HEAP} --redirect-warnings=${warnings}` }
    const child = await startChild(name, entry, given, line => lines.push(line))
    stack.defer(() => child.stop())
    return child
  }
  const children = await Promise.all([
    start('web 1', 'src/main/web.ts'),
    start('web 2', 'src/main/web.ts'),
    start('worker', 'src/main/worker.ts'),
  ])
  const deaths: string[] = []
  for (const child of children) void child.ended.then(code => deaths.push(`${child.name} ended with ${code}`))
  const urls = children.slice(0, 2).map(urlOf)
  const ada = await signUp({ name: 'Ada', url: urls[0] ?? '', inbox: env.SMS_ENDPOINT ?? '' })
  stack.defer(() => ada.client.close())
  const token = await tokenOf(ada)
  const tokens = await Promise.all(Array.from({ length: PEOPLE }, () => tokenOfSomebody(urls[0] ?? '', env)))

  await attack(urls, tokens, 1, FRAMES / 8, REQUESTS / 8) // until what is made once has been made
  const before = await Promise.all(children.map(memoryOf))
  await attack(urls, tokens, 2, FRAMES, REQUESTS)
  const after = await Promise.all(children.map(memoryOf))

  t.deepEqual(deaths, [])
  for (const url of urls) {
    const wire = await signedWire(url, token)
    const asked = performance.now()
    t.like(await wire.ask('profile:get', JSON.stringify({ userId: ada.id })), {
      ok: true,
      data: { displayName: 'Ada' },
    })
    t.true(performance.now() - asked < 1000)
    wire.vanish()
  }
  t.deepEqual(
    lines.filter(line => /"level":"(error|fatal)"|unhandled|uncaught/i.test(line)),
    [],
  )
  t.is(await readFile(warnings, 'utf8').catch(() => ''), '')
  t.log({ before, after })
  before.forEach((megabytes, i) => t.true((after[i] ?? 0) < megabytes + 40, `${children[i]?.name} grew`))
})

async function tokenOfSomebody(url: string, env: NodeJS.ProcessEnv): Promise<string> {
  const somebody = await signUp({ name: 'Mallory', url, inbox: env.SMS_ENDPOINT ?? '' })
  somebody.client.close()
  return tokenOf(somebody)
}

const urlOf = ({ up }: Child) => `http://127.0.0.1:${up.port}`

async function memoryOf({ up }: Child): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${up.internalPort}/metrics`)).text()
  return Math.round(Number(/^process_resident_memory_bytes\S* (\S+)$/m.exec(metrics)?.[1]) / 2 ** 20)
}

/** Half of the frames unauthenticated and half signed in, HTTP requests among them, while slow requests hang open. */
async function attack(
  urls: readonly string[],
  tokens: readonly string[],
  seed: number,
  frames: number,
  requests: number,
) {
  const hanging = Array.from({ length: HANGING }, (_, i) =>
    rawRequest(urls[i % 2] ?? '', 'POST /v1/auth/code HTTP/1.1\r\nHost: x\r\nContent-Le', { open: true }),
  )
  void hanging
  await Promise.all(
    Array.from({ length: ATTACKERS }, async (_, i) => {
      const url = urls[i % 2] ?? ''
      const random = generator(seed * 1000 + i)
      await sendFrames(url, random, frames / ATTACKERS, i % 4 < 2 ? [] : tokens)
      for (let n = 0; n < requests / ATTACKERS; n++) await rawRequest(url, hostileRequest(random))
    }),
  )
}

/** Sends frame after frame, each followed by one the server answers, and connects again when it was shown out. */
async function sendFrames(url: string, random: Random, count: number, tokens: readonly string[]) {
  let wire: Wire | null = null
  for (let sent = 0; sent < count; sent++) {
    if (!wire?.open) wire = tokens.length === 0 ? await openWire(url) : await signedWire(url, pick(random, tokens))
    await wire.send(hostileFrame(random))
    if (tokens.length > 0) await wire.ask('session:list', '{}')
    else {
      const probe = `/probe${sent}`
      await wire.send(`40${probe},`)
      await wire.frame(`44${probe},`)
    }
  }
  wire?.vanish()
}
