import { median } from '../figures.ts'
import type { Section } from '../results.ts'
import type { Stage } from '../stage.ts'
import { vaultOf } from '../../src/main/vault.ts'
import { phoneOf } from './codes.ts'
import { openPosting } from './posting.ts'

const SAMPLES = 100
const KNOWN = 9_000_000
const UNKNOWN = 9_500_000

/** Whether the time of an answer tells an account that is there from one that is not. */
export async function timings(stage: Stage, rounds: number): Promise<Section> {
  await using server = await stage.start('web')
  using posting = openPosting(server.url, 1)
  const { code } = vaultOf(stage.config)
  for (let n = 0; n < SAMPLES; n += 1) {
    const { challengeId } = await posting.post<{ challengeId: string }>('/v1/auth/code', { phone: phoneOf(KNOWN + n) })
    await posting.post('/v1/auth/verify', { challengeId, code: code(challengeId, 6) })
  }
  const asking = (from: number) => (n: number, round: number) =>
    timed(() => posting.post('/v1/auth/code', { phone: phoneOf(from + n + (from === UNKNOWN ? round * SAMPLES : 0)) }))
  const guessing = (from: number) => (n: number) =>
    timed(() => posting.refusal('/v1/auth/password', { login: phoneOf(from + n), password: 'not the password' }))
  const passwords = await compare(rounds, guessing(KNOWN), guessing(UNKNOWN), SAMPLES / 5)
  const asks = await compare(rounds, asking(KNOWN), asking(UNKNOWN), SAMPLES)
  return {
    title: 'Identity: what the time of an answer tells',
    about:
      'Requests for accounts that are there and for others that are not, in turn, on one connection. p of the Mann–Whitney test: ' +
      'the chance to see them differ as much if they are alike. The one that is not there stands under bare, in milliseconds.',
    figures: [figureOf('a wrong password', passwords), figureOf('a code asked for', asks)],
  }
}

/** How long it takes, in milliseconds. */
async function timed(act: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await act()
  return performance.now() - begun
}

interface Compared {
  readonly p: readonly number[]
  readonly known: readonly number[]
  readonly unknown: readonly number[]
}
type Sample = (n: number, round: number) => Promise<number>

async function compare(rounds: number, known: Sample, unknown: Sample, samples: number): Promise<Compared> {
  const found = { p: [] as number[], known: [] as number[], unknown: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    const one: number[] = []
    const other: number[] = []
    for (let n = 0; n < samples; n += 1) {
      one.push(await known(n, round))
      other.push(await unknown(n, round))
    }
    found.p.push(mannWhitney(one, other))
    found.known.push(median(one))
    found.unknown.push(median(other))
  }
  return found
}

const figureOf = (what: string, { p, known, unknown }: Compared) => ({
  what: `${what}: p`,
  unit: '',
  target: { atLeast: 0.01 },
  figures: p,
  kith: known,
  bare: unknown,
})

/** The two-sided p of the Mann–Whitney U test, by its normal approximation; right from about twenty samples a side on. */
function mannWhitney(one: readonly number[], other: readonly number[]): number {
  const ranked = [
    ...one.map(value => ({ value, mine: true })),
    ...other.map(value => ({ value, mine: false })),
  ].toSorted((a, b) => a.value - b.value)
  const rankSum = ranked.reduce((sum, { mine }, rank) => (mine ? sum + rank + 1 : sum), 0)
  const [n, m] = [one.length, other.length]
  const u = rankSum - (n * (n + 1)) / 2
  const z = Math.abs(u - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12)
  return 2 * (1 - normal(z))
}

/** The normal distribution function, by Abramowitz and Stegun 26.2.17; its error is below 10⁻⁷. */
function normal(z: number): number {
  const t = 1 / (1 + 0.231_641_9 * z)
  const tail = [0.319_381_53, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429]
    .map((factor, i) => factor * t ** (i + 1))
    .reduce((sum, term) => sum + term, 0)
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * tail
}
