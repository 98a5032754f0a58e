import { readdirSync, readFileSync } from 'node:fs'
import type { Case, Figure, Report } from '../case.ts'
import { DRAIN_SECONDS, KITH } from '../cluster/index.ts'
import { wrongs } from '../judge.ts'
import { pause } from '../pause.ts'
import { gather, type Crowd } from './crowd.ts'

/** Posts the crowd misses while it is away. */
const MISSED = 5
const AWAY_MS = 3000

/** The whole crowd is away for a while, and comes back in the same moment. */
export const herd = (name: string, title: string, { sockets }: { readonly sockets: number }): Case => ({
  name,
  title: `${title} (${sockets})`,
  mustFail: false,
  async play(cluster, { random, settleMs }) {
    await cluster.runs(KITH)
    using crowd = await gather(cluster, random, sockets)
    await crowd.post()
    await crowd.settle(settleMs)
    const refusedBefore = crowd.refusals()
    const before = crowd.readyAt.length
    const cpuBefore = cpuOf(cluster.postgres.pid())
    const returnAt = performance.now() + AWAY_MS
    for (const viewer of crowd.viewers) viewer.cut(AWAY_MS)
    for (let i = 0; i < MISSED; i++) await crowd.post()
    await crowd.settle(settleMs)
    const cpu = cpuOf(cluster.postgres.pid())
    const last = crowd.readyAt.slice(before).reduce((latest, at) => Math.max(latest, at), returnAt)
    return report(crowd, refusedBefore, Math.round(last - returnAt), [
      { name: 'all ready after ms', value: Math.round(last - returnAt), atMost: 15_000 },
      ...(cpu === null || cpuBefore === null
        ? []
        : [{ name: 'PG CPU ms/client', value: (cpu - cpuBefore) / sockets, atMost: 0.5 }]),
    ])
  },
})

/** One web process after another is asked to stop, and started again. */
export const rolling = (name: string, title: string, { sockets }: { readonly sockets: number }): Case => ({
  name,
  title: `${title} (${sockets} sockets)`,
  mustFail: false,
  async play(cluster, { random, settleMs }) {
    await cluster.runs(KITH)
    using crowd = await gather(cluster, random, sockets)
    const posting = new AbortController()
    const writing = (async () => {
      while (!posting.signal.aborted) {
        await crowd.post()
        await pause(1000, posting.signal)
      }
    })()
    let worst = 0
    let longest = 0
    for (const web of cluster.webs) {
      const before = crowd.readyAt.length
      const place = crowd.urls.indexOf(web.url)
      crowd.urls.splice(place, 1) // whoever balances sees that it is not ready
      longest = Math.max(longest, await web.stop())
      await web.up()
      crowd.urls.push(web.url)
      await pause(2000, AbortSignal.timeout(60_000)) // the last to go come back
      const returns = crowd.readyAt.slice(before)
      worst = Math.max(worst, busiestSecond(returns) / (returns.length / DRAIN_SECONDS || 1))
    }
    posting.abort()
    await writing
    await crowd.settle(settleMs)
    return report(crowd, 0, Math.round(longest), [
      { name: 'busiest second over the mean', value: Number(worst.toFixed(2)), atMost: 1.5 },
      { name: 'ms to exit', value: Math.round(longest), atMost: (DRAIN_SECONDS + 2) * 1000 },
    ])
  },
})

function report(crowd: Crowd, refusedBefore: number, settledMs: number, figures: readonly Figure[]): Report {
  const verdict = crowd.verdict()
  const refused = crowd.refusals() - refusedBefore
  return {
    verdict,
    wrong: [...wrongs(verdict), ...(refused > 0 ? [`${refused} joins refused`] : [])],
    settledMs,
    packets: {},
    harms: 1,
    deaths: 0,
    figures,
  }
}

/** How many of these moments fall into the second that has most of them. */
function busiestSecond(moments: readonly number[]): number {
  const sorted = moments.toSorted((a, b) => a - b)
  let first = 0
  let most = 0
  for (const [i, at] of sorted.entries()) {
    while ((sorted[first] ?? 0) < at - 1000) first += 1
    most = Math.max(most, i - first + 1)
  }
  return most
}

/** Milliseconds of CPU a process and all its children, also those that ended, have had; null where nobody tells. */
function cpuOf(parent: number): number | null {
  if (process.platform !== 'linux') return null
  const TICK_MS = 10
  let ticks = 0
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    // After the name in brackets: state, parent, and from the 12th on the times of its own and of its ended children.
    const fields = statOf(pid)
      .replace(/^.*\) /s, '')
      .split(' ')
    if (Number(pid) === parent) ticks += sum(fields.slice(11, 15))
    else if (Number(fields[1]) === parent) ticks += sum(fields.slice(11, 13))
  }
  return ticks * TICK_MS
}

const sum = (numbers: readonly string[]) => numbers.reduce((total, n) => total + Number(n), 0)

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return '' // it ended meanwhile
  }
}
