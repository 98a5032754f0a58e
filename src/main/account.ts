/**
 * What staff do to an account: `npm run account -- suspend <user id>` ends all its sessions and lets nobody find it,
 * `restore` undoes that, `role <user id> <role>` says what it may do, and `verify` gives, `unverify` takes, the badge of one
 * who is who they say.
 */
import { parseArgs } from 'node:util'
import { NoPerson } from '../domains/accounts/failures.ts'
import { ROLES, User, type Role } from '../domains/accounts/model.ts'
import { change } from '../domains/profiles/changing.ts'
import { closeAccount, restoreAccount } from '../domains/sessions/ending.ts'
import { inScope, type Ctx, type UserId } from '../kernel/scope.ts'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'

type Action = (ctx: Ctx, userId: UserId, word: string) => Promise<void>

const ACTIONS: Readonly<Record<string, Action>> = {
  suspend: (ctx, userId) => closeAccount(ctx, userId, 'suspended'),
  restore: restoreAccount,
  async role(ctx, userId, word) {
    const changed = await User.query(ctx.db)
      .findById(userId)
      .patch({ role: word as Role })
    if (changed === 0) throw NoPerson()
  },
  verify: (ctx, userId) => setBadge(ctx, userId, true),
  unverify: (ctx, userId) => setBadge(ctx, userId, false),
}

async function setBadge(ctx: Ctx, userId: UserId, isVerified: boolean): Promise<void> {
  const user = await User.query(ctx.db).findById(userId)
  if (!user) throw NoPerson()
  await change(ctx, { userId, joined: user.createdAt }, { isVerified })
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

const [name = '', id = '', word = ''] = parseArgs({ allowPositionals: true }).positionals
const action = ACTIONS[name]
const isRole = (ROLES as readonly string[]).includes(word)
if (!action || !UUID.test(id) || (name === 'role') !== isRole)
  throw new Error(
    `Say: npm run account -- suspend|restore|verify|unverify <user id>, or role <user id> ${ROLES.join('|')}`,
  )
await using built = await buildApp(readConfig(), 'worker')
await inScope(built.app, { actor: null }, ctx => action(ctx, id as UserId, word))
process.stdout.write(`Done: ${[name, id, word].join(' ').trim()}\n`)
