/** `npm run account -- suspend <user id>` ends all sessions of an account and lets nobody find it; `restore` undoes that. */
import { parseArgs } from 'node:util'
import { restore, suspend } from '../domains/sessions/ending.ts'
import { inScope, type UserId } from '../kernel/scope.ts'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'

const ACTIONS: Readonly<Record<string, typeof suspend>> = { suspend, restore }
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

const [name = '', id = ''] = parseArgs({ allowPositionals: true }).positionals
const action = ACTIONS[name]
if (!action || !UUID.test(id)) throw new Error('Say: npm run account -- suspend <user id>, or restore <user id>')
await using built = await buildApp(readConfig(), 'worker')
await inScope(built.app, { actor: null }, ctx => action(ctx, id as UserId))
process.stdout.write(`Done: ${name} ${id}\n`)
