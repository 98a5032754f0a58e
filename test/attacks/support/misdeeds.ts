import { randomBytes, randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import { registry } from '../../../src/kernel/app.ts'
import { slices } from '../../../src/main/domains.ts'
import { newPhone, refresh, sendCode, verify, wrong } from '../../sessions/support/phone.ts'
import { once, type Once } from '../../support/once.ts'
import type { Person } from '../../support/person.ts'
import { canary, LOG, type Company, type Deeds } from './deeds.ts'
import { openWire, rawRequest, signedWire, tokenOf } from './wire.ts'

const { commands } = registry(slices)

/** Every command there is, as it should not be, and what the server cannot do much about. */
export async function doBadly(deeds: Deeds, company: Company, db: Knex): Promise<void> {
  const { ada } = company
  const secret = canary(deeds, 'what was sent wrongly', [])
  const phone = newPhone()
  canary(deeds, 'a phone that was sent wrongly', [], phone.slice(3))
  using socket = await once(ada, deeds.urls[1])
  await sendNonsense(socket, [
    { [secret]: secret, text: { secret }, userId: secret, cursor: secret },
    { phone: `${phone}000000000`, code: secret, refreshToken: secret, accessToken: secret, text: `${secret}\0` },
    { __proto__: null, postId: secret, token: [secret], clientId: secret, username: `${secret} ${phone}` },
  ])
  await knockWrongly(deeds, secret, phone)
  await guessWrongly(deeds, phone)
  await stammer(deeds, ada, secret)
  await failInside(deeds, company, db)
  await company.bob.client.signOut()
  deeds.done.add('session:end')
}

async function sendNonsense(socket: Once, inputs: readonly object[]): Promise<void> {
  const send = socket.send as (name: string, input: object) => Promise<unknown>
  for (const name of commands.keys()) for (const input of inputs) await send(name, input)
}

/** Paths, bodies, tokens and frames that nobody should send. */
async function knockWrongly({ urls: [url] }: Deeds, secret: string, phone: string): Promise<void> {
  const json = { 'content-type': 'application/json' }
  const post = (path: string, body: string, headers: Record<string, string> = json) =>
    fetch(url + path, { method: 'POST', headers, body })
  for (const { http } of commands.values()) {
    if (!http) continue
    await post(http, `{"phone":"${phone}","${secret}`)
    await post(http, JSON.stringify({ [secret]: phone, refreshToken: secret }))
    await post(`${http}?token=${secret}&phone=${encodeURIComponent(phone)}`, secret, { 'content-type': 'text/plain' })
    await post(http, '{}', { ...json, authorization: `Bearer ${secret}`, cookie: `__Host-rt=${secret}` })
  }
  await fetch(`${url}/v1/${secret}?phone=${encodeURIComponent(phone)}`)
  await rawRequest(url, `GET /${secret} HTTP/9.9\r\nX-Phone: ${phone}\r\n\r\n`)
  for (const frame of [`40{"token":"${secret}"}`, `40{"token":{"${secret}":1}}`, `42["${secret}`, `4x${secret}`]) {
    const wire = await openWire(url)
    await wire.send(frame)
    wire.vanish()
  }
}

/** Frames of somebody signed in that cannot be read. */
async function stammer({ urls: [url] }: Deeds, ada: Person, secret: string): Promise<void> {
  for (const frame of [`42["${secret}`, `42[5,"${secret}"]`, `42["${secret}","${secret}"]`, `45${secret}`]) {
    const wire = await signedWire(url, await tokenOf(ada))
    await wire.send(frame)
    await wire.ask('profile:get', JSON.stringify({ userId: secret }))
    wire.vanish()
  }
}

/** Codes and tokens that are not good. */
async function guessWrongly(deeds: Deeds, phone: string): Promise<void> {
  const { challengeId, code } = await sendCode(deeds, phone)
  canary(deeds, 'a code that was guessed at', [], code)
  for (let n = 1; n < 7; n++) {
    const guess = wrong({ challengeId, code }, n)
    canary(deeds, 'a guess', [], guess.code)
    await verify(deeds, guess)
  }
  const secret = canary(deeds, 'a guessed secret', [], randomBytes(32).toString('base64url'))
  await refresh(deeds, `rt1.${randomUUID()}.${randomUUID()}.${secret}`)
}

/** What breaks on our side: a rule of the database nobody knows of, a table that is held, a phone that cannot be woken. */
async function failInside(deeds: Deeds, { bob, postId }: Company, db: Knex): Promise<void> {
  using socket = await once(bob, deeds.urls[0])
  await db.raw('alter table comments add constraint ck_never check (false) not valid')
  const broken = await socket.send('comment:create', { postId, text: canary(deeds, 'a comment that broke', []) })
  await db.raw('alter table comments drop constraint ck_never')
  const held = await db.transaction()
  await held.raw('lock table posts in exclusive mode')
  const late = await socket.send('post:create', { text: canary(deeds, 'a post that waited', []) })
  await held.rollback()
  if (broken.ok || late.ok) throw new Error('Nothing broke')
  await socket.send('comment:create', { postId, text: canary(deeds, 'a comment of no push', ['comments', ...LOG]) })
}
