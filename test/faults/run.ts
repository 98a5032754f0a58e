import { setTimeout } from 'node:timers/promises'
import type { Cluster } from './cluster/index.ts'
import { judge, wrongs, type Verdict } from './judge.ts'
import { openCompany, USUAL, type Company, type Pace } from './people/company.ts'
import { pause } from './pause.ts'
import type { Random } from './random.ts'

/** What a fault may touch while it is at work. */
export interface Scene {
  readonly cluster: Cluster
  readonly company: Company
  readonly random: Random
  /** Seconds the load lasts. */
  readonly seconds: number
  /** Aborted when the load ends: by then a fault has mended what it broke, or it mends it now. */
  readonly stop: AbortSignal
  /** Counts one harm done. */
  did(): void
}

/** Does harm until it is told to stop, and tells how often. */
export type Fault = (scene: Scene) => Promise<void>

export interface Outcome {
  readonly verdict: Verdict
  /** What must not be and was, in words. */
  readonly wrong: readonly string[]
  /** How long everybody took to have heard everything, once all was mended. */
  readonly settledMs: number
  /** Log packets by how the gates came by them, since the case began and as far as the processes lived. */
  readonly packets: Readonly<Record<string, number>>
  /** How often harm was done, and how many processes died of it. */
  readonly harms: number
  readonly deaths: number
}

export interface RunOptions {
  readonly cluster: Cluster
  readonly faults: readonly Fault[]
  readonly random: Random
  readonly seconds: number
  readonly pace: Partial<Pace>
  /** How long everybody may take to hear everything in the end. */
  readonly settleMs: number
  /** Faults that end only after everybody has settled. */
  readonly lasting: boolean
}

/** How long a connection may outlive its token. */
const OUTLIVE_MS = 15_000

/** One run: people at work, faults beside them, then quiet, and the judgement. */
export async function run({ cluster, faults, random, seconds, pace, settleMs, lasting }: RunOptions): Promise<Outcome> {
  const before = await packetsOf(cluster)
  const nodes = [...cluster.webs, ...cluster.workers]
  const deathsBefore = nodes.reduce((sum, node) => sum + node.deaths, 0)
  const fallsBefore = nodes.reduce((sum, node) => sum + node.falls.length, 0)
  using company = await openCompany({ cluster, random, pace: { ...USUAL, ...pace } })
  const stopping = new AbortController()
  let harms = 0
  const did = () => void (harms += 1)
  const scene = { cluster, company, random, seconds, stop: stopping.signal, did }
  const harm = Promise.all(faults.map((fault, i) => fault({ ...scene, random: random.of(`fault ${i}`) })))
  harm.catch(() => undefined) // told below
  await setTimeout(seconds * 1000)
  const mend = async () => {
    stopping.abort()
    await harm
    await Promise.all(nodes.map(node => node.up()))
  }
  if (!lasting) await mend()
  const quiet = performance.now()
  const late = new AbortController()
  const settled = (async () => {
    await company.stop()
    await Promise.all(company.viewers.map(viewer => viewer.settle()))
  })()
  await Promise.race([settled, pause(settleMs, late.signal)])
  late.abort()
  const settledMs = Math.round(performance.now() - quiet)
  if (lasting) await mend()

  const verdict = judge(company.history)
  const doubled = await cluster
    .db('posts')
    .select('text')
    .whereLike('text', 'write:%')
    .groupBy('author_id', 'text')
    .havingRaw('count(*) > 1')
  const falls = nodes.reduce((sum, node) => sum + node.falls.length, 0) - fallsBefore
  const deaths = nodes.reduce((sum, node) => sum + node.deaths, 0) - deathsBefore
  const after = await packetsOf(cluster)
  return {
    verdict,
    wrong: [
      ...wrongs(verdict),
      ...(company.refused.length > 0 ? [`${company.refused.length} refused (${company.refused[0]})`] : []),
      ...(doubled.length > 0 ? [`${doubled.length} written twice`] : []),
      ...(falls > 0 ? [`${falls} processes ended by themselves`] : []),
      ...(company.outlivedMs() > OUTLIVE_MS ? [`a token outlived by ${company.outlivedMs()} ms`] : []),
      ...(harms < faults.length ? [`only ${harms} harms done`] : []),
    ],
    settledMs,
    packets: Object.fromEntries(Object.entries(after).map(([name, n]) => [name, Math.max(0, n - (before[name] ?? 0))])),
    harms,
    deaths,
  }
}

/** What the web processes tell of the packets of the log, all together. */
async function packetsOf({ webs }: Cluster): Promise<Record<string, number>> {
  const total: Record<string, number> = {}
  for (const web of webs) {
    const text = await fetch(`${web.internalUrl}/metrics`).then(
      answer => answer.text(),
      () => '',
    )
    for (const [, source = '', n] of text.matchAll(/^kith_gate_packets_total\{[^}]*source="(\w+)"[^}]*\} (\d+)/gm))
      total[source] = (total[source] ?? 0) + Number(n)
  }
  return total
}
