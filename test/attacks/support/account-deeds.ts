import { randomUUID } from 'node:crypto'
import { createClient, type CommandName, type Data, type Input } from '../../../client/index.ts'
import { newPhone } from '../../sessions/support/phone.ts'
import { codeSentTo, linkSentTo } from '../../support/inbox.ts'
import { newMailbox, signUpByMail } from '../../support/mailbox.ts'
import type { Person } from '../../support/person.ts'
import { idTokenOf } from '../../support/provider.ts'
import { canary, type Deeds } from './deeds.ts'

/** Every command about one's own account, as it should be, by somebody who came by mail. */
export async function keepAccount(deeds: Deeds): Promise<void> {
  const world = { urls: deeds.urls, env: deeds.env }
  const does = async <N extends CommandName>({ call }: Person, name: N, input: Input<N>): Promise<Data<N>> => {
    const data = await call(name, input)
    deeds.done.add(name)
    return data
  }
  const secret = (what: string, text: string) => canary(deeds, what, [], text)
  const mailbox = (what: string) => secret(what, newMailbox())

  const email = mailbox('a mailbox')
  const eve = await signUpByMail(world, 'Eve', email)
  deeds.people.push(eve)
  for (const name of ['link:request', 'session:start_by_link'] as const) deeds.done.add(name)
  await does(eve, 'account:get', {})
  await does(eve, 'account:update', { accountType: 'creator' })

  const phone = newPhone()
  secret('a phone that was added', phone.slice(3))
  const [{ challengeId }, code] = await codeSentTo(world, phone, () => does(eve, 'phone:change', { phone }))
  secret('a code to confirm', code)
  await does(eve, 'phone:confirm', { challengeId, code })
  const other = mailbox('a mailbox to change to')
  const [, token] = await linkSentTo(world, other, () => does(eve, 'email:change', { email: other }))
  await does(eve, 'email:confirm', { token: secret('the token of a link', token) })
  await does(eve, 'contact:cancel', { kind: 'email' })

  const password = secret('a password', `${randomUUID()} and more`)
  await does(eve, 'password:set', { password })
  const tablet = createClient({ url: deeds.urls[1] })
  const { deviceToken = '' } = await tablet.auth.signInByPassword({ login: email, password })
  deeds.done.add('session:start_by_password')
  secret('a device token', deviceToken)
  await does(eve, 'session:rename', { name: 'Kitchen tablet' })
  const idToken = secret('an ID token', await idTokenOf(world, { uid: secret('whom a provider knows', randomUUID()) }))
  await does(eve, 'provider:link', { idToken })
  await does(eve, 'session:start_by_provider', { idToken })
  await does(eve, 'provider:unlink', { provider: 'google.com' })
  const [, reset] = await linkSentTo(world, email, () => does(eve, 'password:request_reset', { email }))
  await does(eve, 'session:end_all', { others: true })
  await does(eve, 'account:deactivate', {})

  const comeBack = async () => {
    const back = await signUpByMail(world, 'Eve', email)
    deeds.people.push(back)
    return back
  }
  await does(await comeBack(), 'password:reset', {
    token: secret('the token of a reset', reset),
    password: secret('a new password', `${randomUUID()} and more`),
  })
  await does(await comeBack(), 'account:delete', {})
}
