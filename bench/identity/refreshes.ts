import { createHash, randomBytes } from 'node:crypto'
import { plantPeople } from '../../test/support/crowd.ts'
import type { Section } from '../results.ts'
import type { Stage } from '../stage.ts'
import { openPosting, perSecond } from './posting.ts'

const SESSIONS = 1000
const EXCHANGES = 4
const AT_ONCE = 20

/** Exchanging refresh tokens. */
export async function refreshes(stage: Stage, rounds: number): Promise<Section> {
  const rates: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const people = await plantPeople(stage.db, stage.config, SESSIONS)
    const tokens = await Promise.all(
      people.map(async ({ id, sessionId }) => {
        const secret = randomBytes(32).toString('base64url')
        const hash = createHash('sha256').update(secret).digest()
        await stage.db('sessions').where({ id: sessionId }).update({ refresh_hash: hash })
        return { refreshToken: `rt1.${id}.${sessionId}.${secret}` }
      }),
    )
    await stage.settle()
    await using server = await stage.start('web')
    using posting = openPosting(server.url, AT_ONCE)
    const exchangeAll = async ({ refreshToken }: { readonly refreshToken: string }) => {
      for (let n = 0, token = refreshToken; n < EXCHANGES; n += 1)
        token = (await posting.post<{ refreshToken: string }>('/v1/auth/refresh', { refreshToken: token })).refreshToken
    }
    rates.push((await perSecond(tokens, AT_ONCE, exchangeAll)) * EXCHANGES)
  }
  return {
    title: 'Identity: refreshing',
    about: `${SESSIONS} sessions exchange their token ${EXCHANGES} times in a row at one process, ${AT_ONCE} at a time over HTTP.`,
    figures: [{ what: 'refreshes a second', unit: '', target: { atLeast: 1000 }, figures: rates, kith: rates }],
  }
}
