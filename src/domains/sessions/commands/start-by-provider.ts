import { command } from '../../../kernel/command.ts'
import { shape, text } from '../../../kernel/shape.ts'
import { emailIn } from '../../accounts/contact.ts'
import { accountOf, accountWith, holdContact } from '../../accounts/keeping.ts'
import { accountOfSubject, holdSubject, isFederated, linkSubject } from '../../accounts/subjects.ts'
import { BadIdToken, LinkFirst, NoEmail } from '../failures.ts'
import { answering } from '../limits.ts'
import { openSession } from '../opening.ts'
import { onDevice, TokensWire } from '../wire.ts'

export const startByProvider = command('session:start_by_provider', {
  about:
    'Signs in with an ID token of Firebase Auth. It makes an account the first time if the provider vouches for an e-mail address that no account has.',
  auth: 'anyone',
  access: 'write',
  limits: answering,
  http: '/v1/auth/provider',
  cookie: 'gives',
  input: shape({ idToken: text({ max: 8192, line: true }), ...onDevice }),
  ack: TokensWire,
  prepare: ({ ports }, { idToken }) => ports.identities.identify(idToken),
  async run(ctx, { device }, identity) {
    if (!identity || !isFederated(identity)) throw BadIdToken()
    await holdSubject(ctx, identity)
    const known = await accountOfSubject(ctx, identity)
    if (known) return openSession(ctx, { userId: known, device, provenAt: identity.signedInAt })

    const value = identity.email === null ? null : emailIn(identity.email)
    if (value === null) throw NoEmail()
    const contact = { kind: 'email', value } as const
    await holdContact(ctx, contact)
    if (await accountWith(ctx, contact)) throw LinkFirst()
    const { id: userId } = await accountOf(ctx, contact)
    await ctx.actFor(userId)
    await linkSubject(ctx, userId, identity)
    return openSession(ctx, { userId, device, provenAt: identity.signedInAt })
  },
})
