/**
 * `npm run rekey`: has the workers keep every phone and e-mail address under the first of SEAL_KEYS and INDEX_KEYS, and
 * says how far they are. It may be stopped; the workers go on.
 */
import { setTimeout } from 'node:timers/promises'
import { keyUse, Rekey } from '../domains/identity/rekey.ts'
import { inScope } from '../kernel/scope.ts'
import { buildApp } from './app.ts'
import { readConfig } from './config.ts'

const LOOK_EVERY_MS = 1000

const config = readConfig()
await using built = await buildApp(config, 'worker')
const first = { seal: config.keys.seal.activeKid, index: config.keys.index.activeKid }
await inScope(built.app, { actor: null }, async ctx => {
  ctx.enqueue(Rekey, { after: null })
})
for (let left = true; left;) {
  const use = await keyUse(built.app.db)
  const all = use.reduce((sum, { count }) => sum + count, 0)
  const share = (count: number) => `${((100 * count) / all).toFixed(1)} %`
  process.stdout.write(
    `${use.map(({ ring, kid, count }) => `${ring} ${kid}: ${count} (${share(count)})`).join(', ') || 'none'}\n`,
  )
  left = use.some(({ ring, kid }) => kid !== first[ring])
  if (left) await setTimeout(LOOK_EVERY_MS)
}
