import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { openSandbox } from '../../src/infra/images/sandbox.ts'
import type { Section } from '../results.ts'
import type { Original } from './originals.ts'

const AMPLE = { seconds: 120, megabytes: 4000 }
const LOOK_EVERY_MS = 10

/** In megabytes: of a process, and of several at the moment they had most. */
interface Peak {
  readonly rss: number
  readonly pss: number
}

/** What rendering takes of memory: for the first photo, and for each more at the same time. */
export async function memory(originals: readonly Original[], rounds: number): Promise<Section> {
  const heaviest = originals.toSorted((a, b) => b.bytes.length - a.bytes.length)[0] as Original
  const idle: number[] = []
  const peaks = new Map<number, Peak[]>([1, 2, 4].map(many => [many, []]))
  for (let round = 0; round < rounds; round += 1) {
    idle.push(await idleWithSharp())
    for (const [many, found] of peaks) found.push(await peakOf(many, heaviest.bytes))
  }
  const of = (many: number, key: keyof Peak) => (peaks.get(many) ?? []).map(peak => peak[key])
  const further = (many: number, key: keyof Peak) =>
    of(many, key).map((total, round) => (total - (of(1, key)[round] ?? NaN)) / (many - 1))
  return {
    title: 'Media: memory of rendering',
    about:
      'Each photo is rendered in a process of its own. RSS counts the program and its libraries in every process anew; PSS shares them ' +
      `out among those that have them, so that a sum is what the machine lacks. Looked at every ${LOOK_EVERY_MS} ms, the most that all ` +
      `had together; a process that is new to it renders ${heaviest.name} (${(heaviest.bytes.length / 1e6).toFixed(1)} MB).`,
    figures: [
      { what: 'a bare process with sharp loaded, RSS', unit: 'MB', figures: idle },
      { what: 'the first photo, RSS', unit: 'MB', target: { atMost: 230 }, figures: of(1, 'rss') },
      { what: 'the same, PSS', unit: 'MB', figures: of(1, 'pss') },
      { what: 'a second at once, PSS', unit: 'MB more', target: { atMost: 80 }, figures: further(2, 'pss') },
      { what: 'each of three more at once, PSS', unit: 'MB more', target: { atMost: 80 }, figures: further(4, 'pss') },
      { what: 'the same, RSS', unit: 'MB more', figures: further(4, 'rss') },
    ],
  }
}

async function peakOf(many: number, original: Buffer): Promise<Peak> {
  const sandboxes = Array.from({ length: many }, () => openSandbox(AMPLE))
  const peak = { rss: 0, pss: 0 }
  const look = setInterval(() => {
    const all = sandboxes.map(({ pid }) => memoryOf(pid))
    peak.rss = Math.max(
      peak.rss,
      all.reduce((sum, { rss }) => sum + rss, 0),
    )
    peak.pss = Math.max(
      peak.pss,
      all.reduce((sum, { pss }) => sum + pss, 0),
    )
  }, LOOK_EVERY_MS)
  try {
    await Promise.all(sandboxes.map(sandbox => sandbox.render(original, () => undefined)))
  } finally {
    clearInterval(look)
    await Promise.all(sandboxes.map(sandbox => sandbox.end()))
  }
  return peak
}

async function idleWithSharp(): Promise<number> {
  const child = fork(new URL('idle.ts', import.meta.url))
  await once(child, 'message')
  const { rss } = memoryOf(child.pid)
  child.disconnect()
  await once(child, 'exit')
  return rss
}

/** Only Linux tells it. */
function memoryOf(pid: number | undefined): Peak {
  if (process.platform !== 'linux') return { rss: NaN, pss: NaN }
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')
  const megabytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) / 1024
  return { rss: megabytes('Rss'), pss: megabytes('Pss') }
}
