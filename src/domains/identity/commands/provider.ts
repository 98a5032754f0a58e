import { command } from '../../../kernel/command.ts'
import { perHour } from '../../../kernel/limit.ts'
import { shape, text } from '../../../kernel/shape.ts'
import { Authentication } from '../../accounts/model.ts'
import { holdSubject, isFederated, linkSubject } from '../../accounts/subjects.ts'
import { record } from '../../activities/policy.ts'
import { BadIdToken, ProveAgain } from '../../sessions/failures.ts'
import { isFresh, lately } from '../../sessions/policy.ts'
import { AccountUpdated } from '../events.ts'
import { NoProvider } from '../failures.ts'
import { tell } from '../notices.ts'

export const linkProvider = command('provider:link', {
  about: 'Lets one sign in by a provider from now on. Needs a fresh proof here, and a fresh ID token of Firebase Auth.',
  auth: 'user',
  access: 'write',
  limits: { caller: perHour(10), blind: 'refuse' },
  input: shape({ idToken: text({ max: 8192, line: true }) }),
  ack: shape({ provider: text({ max: 100 }) }),
  prepare: ({ ports }, { idToken }) => ports.identities.identify(idToken),
  async run(ctx, _input, identity) {
    if (!identity || !isFederated(identity)) throw BadIdToken()
    if (!isFresh(identity.signedInAt, ctx.now)) throw ProveAgain()
    await holdSubject(ctx, identity)
    await lately(ctx)
    await linkSubject(ctx, ctx.actor.id, identity)
    await record(ctx, { userId: ctx.actor.id, type: 'provider_linked' })
    tell(ctx, { userId: ctx.actor.id, notice: 'provider_linked' })
    ctx.emit(AccountUpdated, { userId: ctx.actor.id })
    return { provider: identity.provider }
  },
})

export const unlinkProvider = command('provider:unlink', {
  about: 'Lets nobody sign in by a provider any more. Needs a fresh proof.',
  auth: 'user',
  access: 'write',
  limits: { caller: perHour(10) },
  input: shape({ provider: text({ max: 100, line: true }) }),
  ack: shape({}),
  async run(ctx, { provider }) {
    const userId = ctx.actor.id
    await lately(ctx)
    if ((await Authentication.query(ctx.db).where({ userId, provider }).delete()) === 0) throw NoProvider()
    await record(ctx, { userId, type: 'provider_unlinked' })
    tell(ctx, { userId, notice: 'provider_unlinked' })
    ctx.emit(AccountUpdated, { userId })
    return {}
  },
})
