import { vaultOf } from '../../src/main/vault.ts'
import type { Section } from '../results.ts'
import type { Server, Stage } from '../stage.ts'
import { openPosting, perSecond } from './posting.ts'

const PEOPLE = 2000
const AT_ONCE = 20

export const phoneOf = (n: number) => `+49151${String(12_000_000 + n).padStart(8, '0')}`

/** Signing in by a code: the first time, when the account is made, and again. */
export async function codes(stage: Stage, rounds: number): Promise<Section> {
  const { code } = vaultOf(stage.config) // so that no text has to be waited for
  const asked: number[] = []
  const first: number[] = []
  const again: number[] = []
  const cpu = { node: [] as number[], database: [] as number[] }
  const cpuNow = async (server: Server) => [(await server.usage()).cpu, await stage.databaseCpu()] as const
  for (let round = 0; round < rounds; round += 1) {
    await using server = await stage.start('web')
    using posting = openPosting(server.url, AT_ONCE)
    const phones = Array.from({ length: PEOPLE }, (_, n) => phoneOf(round * PEOPLE + n))
    const signIn = ({ challengeId }: { readonly challengeId: string }) =>
      posting.post('/v1/auth/verify', { challengeId, code: code(challengeId, 6) })
    for (const rates of [first, again]) {
      const sent: { readonly challengeId: string }[] = []
      const rate = await perSecond(phones, AT_ONCE, async phone =>
        sent.push(await posting.post('/v1/auth/code', { phone })),
      )
      asked.push(rate)
      const before = await cpuNow(server)
      rates.push(await perSecond(sent, AT_ONCE, signIn))
      const after = await cpuNow(server)
      if (rates === first) continue
      cpu.node.push((after[0] - before[0]) / PEOPLE)
      cpu.database.push((after[1] - before[1]) / PEOPLE)
    }
    await stage.settle()
  }
  return {
    title: 'Identity: signing in by a code',
    about:
      `${PEOPLE} people ask one process for a code and answer it, ${AT_ONCE} at a time over HTTP; then all of them once more. The code ` +
      'is derived as the server does, so no text is waited for. Every round in a new process.',
    figures: [
      { what: 'sign-ins by code a second', unit: '', target: { atLeast: 500 }, figures: again, kith: again },
      { what: 'CPU of the node a sign-in', unit: 'µs', figures: cpu.node },
      { what: 'CPU of PostgreSQL a sign-in', unit: 'µs', figures: cpu.database },
      { what: 'the same, where the account is made', unit: '', figures: first, kith: first },
      { what: 'codes asked for a second', unit: '', figures: asked, kith: asked },
    ],
  }
}
