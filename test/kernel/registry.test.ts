import type { Knex } from 'knex'
import test from 'ava'
import { registry, slice, type App, type Slice } from '../../src/kernel/app.ts'
import { command, type Command } from '../../src/kernel/command.ts'
import { AccessRevoked } from '../../src/kernel/control.ts'
import { event, on } from '../../src/kernel/event.ts'
import { failure, Invalid } from '../../src/kernel/failure.ts'
import { job } from '../../src/kernel/job.ts'
import { perMinute } from '../../src/kernel/limit.ts'
import { deviceRoom, roomKind } from '../../src/kernel/room.ts'
import { inScope, send, type Effect, type Message, type UserId } from '../../src/kernel/scope.ts'
import { integer, shape } from '../../src/kernel/shape.ts'

const about = 'Only here.'
const payload = shape({ n: integer({ min: 0, max: 9 }) })

const eat = (name: string, http?: Command['http']) =>
  command(name, {
    about,
    auth: 'anyone',
    access: 'read',
    limits: { caller: perMinute(1) },
    ...(http && { http }),
    input: shape({}),
    ack: shape({}),
    run: async () => ({}),
  })
const eaten = (name: string) => event(name, { about, payload })
const chew = (name: string) => job(name, { about, payload, queue: 'notify', attempts: 1, run: async () => undefined })
const table = (kind: string) => roomKind(kind, { about })
const full = (reason: string) => failure('conflict', reason, about)

/** Holds whatever is declared in one slice beside what is declared in another. */
const together = (...parts: Slice[]) => registry(parts.map(slice))

test('what the slices declare is found by its name', t => {
  const parts = { command: eat('cake:eat'), event: eaten('cake:eaten'), job: chew('cake:chew'), room: table('table') }
  const reaction = on(parts.event, () => undefined)
  const found = together(
    { commands: [parts.command], events: [parts.event] },
    { jobs: [parts.job], rooms: [parts.room], reactions: [reaction], failures: [full('full')] },
  )
  t.is(found.commands.get('cake:eat'), parts.command)
  t.is(found.events.get('cake:eaten'), parts.event)
  t.is(found.jobs.get('cake:chew'), parts.job)
  t.is(found.rooms.get('table')?.kind, 'table')
  t.deepEqual(found.reactions.get('cake:eaten'), [reaction])
  t.true(found.failures.has('conflict/full') && found.failures.has('bad_request/invalid'))
  t.true(found.events.has(AccessRevoked.name) && found.rooms.has(deviceRoom.kind))
})

const twice: Record<string, { one: Slice; other: Slice; message: string }> = {
  'a command': {
    one: { commands: [eat('cake:eat')] },
    other: { commands: [eat('cake:eat')] },
    message: 'Command declared twice: cake:eat',
  },
  'an event': {
    one: { events: [eaten('cake:eaten')] },
    other: { events: [eaten('cake:eaten')] },
    message: 'Event declared twice: cake:eaten',
  },
  'a job': {
    one: { jobs: [chew('cake:chew')] },
    other: { jobs: [chew('cake:chew')] },
    message: 'Job declared twice: cake:chew',
  },
  'a kind of room': {
    one: { rooms: [table('table')] },
    other: { rooms: [table('table')] },
    message: 'Room declared twice: table',
  },
  'a failure': {
    one: { failures: [full('full')] },
    other: { failures: [full('full')] },
    message: 'Failure declared twice: conflict/full',
  },
  'a route': {
    one: { commands: [eat('cake:eat', '/v1/cake')] },
    other: { commands: [eat('cake:devour', '/v1/cake')] },
    message: 'Route declared twice: /v1/cake',
  },
}
for (const [what, { one, other, message }] of Object.entries(twice))
  test(`${what} is declared once`, t => {
    t.notThrows(() => together(one))
    t.throws(() => together(one, other), { message })
  })

test('what the kernel declares is not declared again', t => {
  t.throws(() => together({ events: [eaten(AccessRevoked.name)] }), { message: /Event declared twice/ })
  t.throws(() => together({ rooms: [table(deviceRoom.kind)] }), { message: /Room declared twice/ })
  t.throws(() => together({ failures: [failure(Invalid.code, Invalid.reason, about)] }), {
    message: /Failure declared/,
  })
})

test('a malformed name is refused', t => {
  for (const name of ['cake', 'cake.eat', 'Cake:eat', 'cake:eat:all', 'cake:', ':eat', 'cake:eat ', 'cake-s:eat', '']) {
    t.throws(() => together({ commands: [eat(name)] }), { message: `Not a name for a command: ${name}` })
    t.throws(() => together({ events: [eaten(name)] }), { message: `Not a name for a event: ${name}` })
    t.throws(() => together({ jobs: [chew(name)] }), { message: `Not a name for a job: ${name}` })
  }
  for (const kind of ['a:b', 'Table', 'table-1', ''])
    t.throws(() => together({ rooms: [table(kind)] }), { message: `Not a name for a room: ${kind}` })
})

test('a reaction answers a declared event, the very one and not its namesake', t => {
  const declared = eaten('cake:eaten')
  const message = 'Reaction to an undeclared event: cake:eaten'
  const react = (to: typeof declared) => [on(to, () => undefined)]
  t.notThrows(() => together({ events: [declared] }, { reactions: react(declared) }))
  t.throws(() => together({ reactions: react(declared) }), { message })
  t.throws(() => together({ events: [declared] }, { reactions: react(eaten('cake:eaten')) }), { message })
})

test('what is ephemeral is for somebody, and nobody reacts to it', t => {
  const passing = { about, payload: shape({}), ephemeral: true } as const
  t.throws(() => together({ events: [event('cake:smelled', passing)] }), {
    message: 'Ephemeral and for nobody: cake:smelled',
  })
  const smelled = event('cake:smelled', { ...passing, audience: () => ({ rooms: [] }) })
  t.notThrows(() => together({ events: [smelled] }))
  t.throws(() => together({ events: [smelled], reactions: [on(smelled, () => undefined)] }), {
    message: 'Reaction to an ephemeral event: cake:smelled',
  })
})

/** An app without a database, which keeps what a scope writes into the log. */
function appOf(parts: Slice) {
  const written: Effect[] = []
  const published: Message[] = []
  const app = {
    ...registry([parts]),
    clock: () => new Date(),
    transact: async (_: unknown, body: Parameters<App['transact']>[1]) => {
      const { result, closing } = await body(
        {} as Knex,
        Promise.resolve({ cursor: 'epoch:0', known: null, asked: null }),
      )
      written.push(...closing.effects)
      return result
    },
    ring: () => undefined,
    publish: (messages: Message[]) => void published.push(...messages),
  } as unknown as App
  return { app, written, published }
}

test('only what is declared leaves a scope', async t => {
  const declared = { event: eaten('cake:eaten'), job: chew('cake:chew') }
  const { app, written } = appOf({ events: [declared.event], jobs: [declared.job] })
  const scope = { actor: null }
  const undeclared = { event: 'Undeclared event: cake:eaten', job: 'Undeclared job: cake:chew' }
  await t.throwsAsync(
    inScope(app, scope, async ctx => ctx.emit(eaten('cake:eaten'), { n: 1 })),
    { message: undeclared.event },
  )
  await t.throwsAsync(
    inScope(app, scope, async ctx => ctx.enqueue(chew('cake:chew'), { n: 1 })),
    { message: undeclared.job },
  )
  t.deepEqual(written, [])

  await inScope(app, scope, async ctx => {
    ctx.emit(declared.event, { n: 1 })
    ctx.enqueue(declared.job, { n: 2 })
  })
  t.deepEqual(
    written.map(({ kind, name, payload }) => ({ kind, name, payload })),
    [
      { kind: 'fact', name: 'cake:eaten', payload: { n: 1 } },
      { kind: 'job', name: 'cake:chew', payload: { n: 2 } },
    ],
  )
})

test('what somebody does is kept from whoever sits in their exclusion rooms, whichever slice tells of it', async t => {
  const kinds = {
    hidden: roomKind<UserId>('hidden', { about, excludesActor: true }),
    friends: roomKind<UserId>('friends', { about }),
  }
  const ada = 'ada' as UserId
  const declared = event('cake:shared', {
    about,
    payload,
    audience: () => ({ rooms: [kinds.friends(ada)], except: [deviceRoom(ada)] }),
  })
  const fact = eaten('cake:eaten')
  const rooms = Object.values(kinds)
  const { app, written } = appOf({ events: [declared, fact], rooms })
  for (const actor of [{ id: ada, sessionId: null }, null])
    await inScope(app, { actor }, async ctx => {
      ctx.emit(declared, { n: 1 })
      ctx.emit(fact, { n: 1 })
    })
  t.deepEqual(
    written.map(({ rooms, except }) => ({ rooms, except })),
    [
      { rooms: ['friends:ada'], except: ['user:ada', 'hidden:ada'] },
      { rooms: [], except: [] },
      { rooms: ['friends:ada'], except: ['user:ada'] },
      { rooms: [], except: [] },
    ],
  )
})

test('a payload that is not of its shape stops the whole scope', async t => {
  const declared = { event: eaten('cake:eaten'), job: chew('cake:chew') }
  const { app, written } = appOf({ events: [declared.event], jobs: [declared.job] })
  const extra = { n: 1, phone: '+12025550100' }
  await t.throwsAsync(
    inScope(app, { actor: null }, async ctx => ctx.emit(declared.event, extra)),
    { message: 'cake:eaten: phone is not allowed' },
  )
  await t.throwsAsync(
    inScope(app, { actor: null }, async ctx => ctx.enqueue(declared.job, { n: 99 })),
    { message: /^cake:chew: n must be/ },
  )
  t.deepEqual(written, [])
})

test('what is ephemeral is sent past the log once the scope has committed, and not when it fails', async t => {
  const smelled = event('cake:smelled', {
    about,
    payload,
    ephemeral: true,
    audience: () => ({ rooms: [deviceRoom('ada' as UserId)], except: [deviceRoom('eve' as UserId)] }),
  })
  const lasting = eaten('cake:eaten')
  const { app, written, published } = appOf({ events: [smelled, lasting] })
  await t.throwsAsync(
    inScope(app, { actor: null }, async ctx => {
      ctx.emit(smelled, { n: 1 })
      throw new Error('burnt')
    }),
    { message: 'burnt' },
  )
  t.deepEqual(published, [])

  const message = { name: 'cake:smelled', rooms: ['user:ada'], except: ['user:eve'] }
  await inScope(app, { actor: null }, async ctx => {
    ctx.emit(smelled, { n: 2 })
    t.deepEqual(published, [])
  })
  t.deepEqual(published, [{ ...message, payload: { n: 2 } }])
  t.deepEqual(written, [])

  const actor = { id: 'ada' as UserId, sessionId: null }
  send(app, smelled, { n: 3 }, actor)
  t.deepEqual(published.at(-1), { ...message, payload: { n: 3 } })
  t.throws(() => send(app, lasting, { n: 4 }, actor), { message: /lasts/ })
})
