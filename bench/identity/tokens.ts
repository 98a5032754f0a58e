import { accessTokens } from '../../src/infra/tokens.ts'
import type { Section } from '../results.ts'
import type { Stage } from '../stage.ts'

const CHECKS = 20_000
const AT_ONCE = 50

/** Checking an access token, as is done on every connection. */
export async function tokens({ config }: Stage, rounds: number): Promise<Section> {
  const { issue, verify } = accessTokens({ ...config.keys.access, issuer: 'kith', audience: 'kith', ttlSeconds: 3600 })
  const { token } = await issue(crypto.randomUUID(), crypto.randomUUID(), 0)
  const check = async (count: number) => {
    for (let n = 0; n < count; n += 1) if (!(await verify(token))) throw new Error('The token is not good')
  }
  await check(1000)
  const costs: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage()
    await Promise.all(Array.from({ length: AT_ONCE }, () => check(CHECKS / AT_ONCE)))
    const { user, system } = process.cpuUsage(before)
    costs.push((user + system) / CHECKS / 1000)
  }
  return {
    title: 'Identity: checking a token',
    about: `${CHECKS} checks of one access token in one process, ${AT_ONCE} at a time; the CPU time of all its threads.`,
    figures: [{ what: 'CPU a check', unit: 'ms', target: { atMost: 0.2 }, figures: costs, kith: costs }],
  }
}
