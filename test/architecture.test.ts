/**
 * The shape of the code, as rules over its files. A rule answers its violations; each is also shown a small program
 * that breaks it, so that a rule which sees nothing any more fails too.
 */
import test from 'ava'
import { domains } from '../src/main/domains.ts'
import { imports, inside, isOurs, rule, sources, writes, type Rule } from './support/rules.ts'
import type { Source } from './support/sources.ts'

// ---- layers

const LAYERS: Readonly<Record<string, readonly string[]>> = {
  'src/kernel': ['src/kernel'],
  'src/infra': ['src/kernel', 'src/infra'],
  'src/domains': ['src/kernel', 'src/domains'],
  'src/local': ['src/local'],
  'src/main': ['src'],
  client: ['client', 'src'],
}
rule(
  'imports point downward: kernel, infra, main and kernel, domains, main',
  imports('', (target, file) => {
    const layer = Object.keys(LAYERS).find(layer => inside(file, [layer]))
    const isStart = file === 'src/main/start.ts' // which also plants the seeds
    return layer !== undefined && isOurs(target) && !isStart && !inside(target, LAYERS[layer] ?? [])
  }),
  { 'src/kernel/a.ts': `import type {\n  B,\n} from '../infra/b.ts'` },
  { 'src/kernel/a.ts': `export type { B } from '../domains/posts/b.ts'` },
  { 'src/domains/a/b.ts': `export * from '../../infra/log/gate.ts'` },
  { 'src/infra/a.ts': `const b = await import('../domains/posts/model.ts')` },
  { 'src/infra/log/a.ts': `import '../../main/config.ts'` },
  { 'src/local/a.ts': `import { parse as b, type C } from "../kernel/shape.ts"` },
  { 'src/main/web.ts': `import a, { b } from '../../seeds/demo.ts'` },
  { 'client/a.ts': `import * as a from '../test/support/person.ts'` },
)

rule(
  'the client takes types from the server, and nothing that runs',
  imports('client', (target, _file, typeOnly) => inside(target, ['src']) && !typeOnly),
  { 'client/a.ts': `import { shape } from '../src/kernel/shape.ts'` },
  { 'client/a.ts': `export { type Infer } from '../src/kernel/shape.ts'` },
)

// ---- slices

const order = Object.keys(domains)
const sliceOf = (file: string) => /^src\/domains\/([^/]+)\//.exec(file)?.[1]
const OFFERED = /\/(model|policy|events|rooms|wire|failures)\.ts$/
/** What else of a slice the later ones use, each with its reason. */
const OPEN: Readonly<Record<string, string>> = {
  'src/domains/accounts/contact.ts': 'one reading of phones and addresses: what is typed must mean what is kept',
  'src/domains/accounts/keeping.ts': 'one way they are kept and found',
  'src/domains/accounts/subjects.ts': 'one way providers’ words for people are kept and found',
  'src/domains/sessions/answers.ts': 'one form of codes and links',
  'src/domains/sessions/challenges.ts': 'one way a phone or mailbox is proven, with one count of wrong answers',
  'src/domains/sessions/ending.ts': 'one way sessions end: in the transaction of what ends them',
  'src/domains/sessions/limits.ts': 'one bound of what is sent to a phone or mailbox, and of answers',
  'src/domains/sessions/guesses.ts': 'one bound of wrong passwords',
  'src/domains/media/links.ts':
    'one way to give links: to whoever has been found to have the right, as their settings want',
  'src/domains/friends/ending.ts': 'one way a friendship ends: a block ends it in its own transaction, before its ack',
}

rule(
  'a slice imports only from slices before it in the list they are wired by',
  imports('src/domains', (target, file) => {
    const [from, to] = [sliceOf(file) ?? '', sliceOf(target)]
    return to !== undefined && to !== from && !(order.indexOf(to) < order.indexOf(from))
  }),
  { 'src/domains/posts/policy.ts': `import { Comment } from '../comments/model.ts'` },
)

rule(
  'every slice is on that list',
  sources => {
    const found = new Set(sources.flatMap(({ file }) => sliceOf(file) ?? []))
    return [...found].filter(name => !order.includes(name))
  },
  { 'src/domains/astrology/model.ts': '' },
)

rule(
  'of another slice only the model, policy, events, rooms, wire and failures are imported',
  imports('src/domains', (target, file) => {
    const to = sliceOf(target)
    return to !== undefined && to !== sliceOf(file) && !OFFERED.test(target) && !(target in OPEN)
  }),
  { 'src/domains/comments/jobs.ts': `import { createPost } from '../posts/commands.ts'` },
)

test('no exception outlives its use', t => {
  const isUsed = (target: string) =>
    sources.some(
      ({ file, imports }) =>
        sliceOf(file) && sliceOf(file) !== sliceOf(target) && imports.some(found => found.target === target),
    )
  for (const target of Object.keys(OPEN)) t.true(isUsed(target), target)
})

// ---- stand-ins

const usesLocal = imports('src', target => inside(target, ['src/local']))
rule(
  'only `npm start` uses the stand-ins',
  sources => usesLocal(sources.filter(({ file }) => !inside(file, ['src/local', 'src/main/start.ts']))),
  { 'src/main/web.ts': `import { secrets } from '../local/secrets.ts'` },
)

/** All that a file loads when it runs, directly or through others. */
function reachable(entry: string, sources: readonly Source[]): ReadonlySet<string> {
  const byFile = new Map(sources.map(source => [source.file, source]))
  const seen = new Set([entry])
  for (const file of seen)
    for (const { target, typeOnly } of byFile.get(file)?.imports ?? []) if (!typeOnly) seen.add(target)
  return seen
}

rule(
  'nothing a production process loads is a stand-in, a seed or a test',
  sources =>
    ['web', 'worker', 'release'].flatMap(name =>
      [...reachable(`src/main/${name}.ts`, sources)]
        .filter(file => inside(file, ['src/local', 'seeds', 'test']))
        .map(file => `${name} loads ${file}`),
    ),
  { 'src/main/web.ts': `import './a.ts'`, 'src/main/a.ts': `const b = await import(\n  '../local/b.ts'\n)` },
)

test('the processes are followed to what they are made of', t => {
  t.true(reachable('src/main/web.ts', sources).has('src/infra/log/gate.ts'))
  t.true(reachable('src/main/worker.ts', sources).has('sharp'))
  t.true(reachable('src/main/web.ts', sources).has('bcrypt'))
  t.true(reachable('src/main/release.ts', sources).has('src/infra/db/release.ts'))
})

// ---- what is in one place

rule(
  'the environment is read in the config only',
  writes(/process\.env\b|from 'node:process'|env\s*\}\s*=\s*process\b/, ['src', 'client'], ['src/main/config.ts']),
  { 'src/infra/a.ts': 'const url = process.env.REDIS_URL' },
)

rule(
  'what Socket.IO asks of other nodes is not used: it was measured to leak or lose',
  writes(/\b(fetchSockets|socketsJoin|socketsLeave|disconnectSockets|serverSideEmit\w*|connectionStateRecovery)\b/, [
    'src',
  ]),
  { 'src/infra/socket/a.ts': 'await io.in(room).fetchSockets()' },
)

const SERVER = ['src/kernel', 'src/infra', 'src/domains', 'src/main']
rule(
  'nothing goes to the sockets of other nodes by hand: what is for a room goes through the log',
  writes(
    /(?<!\.local)\.(to|in|except)\([^)]*\)|\.(broadcast|volatile)\b|\bio\.(emit|send|write)\(|\.of\([^)]*\)\.emit\(/,
    SERVER,
  ),
  { 'src/infra/socket/a.ts': `io.to('user:1').emit('post:created', {})` },
  { 'src/domains/posts/a.ts': `socket.broadcast.emit('x')` },
)

rule(
  'by hand a socket is told of the state of the log and the end of its session, and of nothing that happened',
  sources => writes(/\.emit\(/, ['src/infra/socket'])(sources).filter(file => file !== 'src/infra/socket/signals.ts'),
  { 'src/infra/socket/a.ts': `io.local.to('friends:1').emit('post:created', {})` },
  { 'src/infra/socket/a.ts': `socket.emit(name, payload)` },
)

// ---- the size and names of files

rule(
  'no file has more than 300 lines',
  sources => sources.filter(({ text }) => text.trimEnd().split('\n').length > 300).map(({ file }) => file),
  { 'src/kernel/a.ts': 'x\n'.repeat(301) },
)

const DRAWER = /(^|\/)(utils?|helpers?|commons?|misc|shared|libs?|types)(\/|\.ts$)/
rule(
  'no file or folder is a drawer',
  sources => sources.map(({ file }) => file).filter(file => inside(file, ['src', 'client']) && DRAWER.test(file)),
  { 'src/infra/utils/ascii.ts': '' },
  { 'src/domains/posts/types.ts': '' },
)

rule(
  'every import can be read: no require, no computed names, and our files by their full name',
  sources =>
    sources
      .filter(({ file }) => inside(file, ['src', 'client']))
      .flatMap(({ file, text, imports }) => [
        ...(/\brequire\(|\bcreateRequire\b|\bimport\((?!\s*['"])/.test(text) ? [file] : []),
        ...imports.filter(({ target }) => target.includes('/') && /^(src|client)\//.test(target) && !isOurs(target)),
      ])
      .map(String),
  { 'src/infra/a.ts': 'const b = await import(name)' },
  { 'src/infra/a.ts': `import { b } from './b.js'` },
)

/** Each ring of files that load each other, told once. */
const cycles: Rule = sources => {
  const byFile = new Map(sources.filter(({ file }) => inside(file, ['src'])).map(source => [source.file, source]))
  const done = new Set<string>()
  const found: string[] = []
  const walk = (file: string, trail: readonly string[]) => {
    if (trail.includes(file)) found.push([...trail.slice(trail.indexOf(file)), file].join(' -> '))
    if (done.has(file) || trail.includes(file)) return
    for (const { target, typeOnly } of byFile.get(file)?.imports ?? []) if (!typeOnly) walk(target, [...trail, file])
    done.add(file)
  }
  for (const file of byFile.keys()) walk(file, [])
  return found
}
rule('no two files load each other', cycles, {
  'src/kernel/a.ts': `import { b } from './b.ts'`,
  'src/kernel/b.ts': `export { c } from './c.ts'`,
  'src/kernel/c.ts': `import { a } from './a.ts'\nimport type { b } from './b.ts'`,
})
