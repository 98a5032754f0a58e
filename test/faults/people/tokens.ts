import { accessTokens } from '../../../src/infra/tokens.ts'
import type { Config } from '../../../src/main/config.ts'
import type { Planted } from '../../support/crowd.ts'
import type { Shown } from './viewer.ts'

/** A token for each of these people, always a new one, as a client would have fetched it just now. */
export interface TokenDesk extends Disposable {
  of(person: Planted): Shown
}

export async function tokensFor({ keys }: Config, people: readonly Planted[], seconds: number): Promise<TokenDesk> {
  const issuer = accessTokens({ ...keys.access, issuer: 'kith', audience: 'kith', ttlSeconds: seconds })
  const shown = new Map<string, Shown>()
  const issue = async () => {
    for (const { id, sessionId } of people) {
      const { token } = await issuer.issue(id, sessionId, 0)
      shown.set(id, { token, until: performance.now() + seconds * 1000 })
    }
  }
  await issue()
  const renewal = setInterval(() => void issue(), Math.min(1000, seconds * 200))
  return {
    of(person) {
      const found = shown.get(person.id)
      if (!found) throw new Error('There is no token for a stranger')
      return found
    },
    [Symbol.dispose]: () => clearInterval(renewal),
  }
}
