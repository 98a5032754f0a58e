import { KITH, type Cluster, type Program } from './cluster/index.ts'
import { rewriteFunctions } from './cluster/function.ts'
import type { Rewrite } from './cluster/rewrite.ts'
import { judge } from './judge.ts'
import type { Pace } from './people/company.ts'
import type { Random } from './random.ts'
import { run, type Fault, type Outcome } from './run.ts'

/** One way to hurt the server, and what must be true of it then. */
export interface Case {
  readonly name: string
  /** What is done, and about how often. */
  readonly title: string
  /** The judge must find something wrong: the server is made wrong on purpose. */
  readonly mustFail: boolean
  readonly play: (cluster: Cluster, given: Given) => Promise<Report>
}

export interface Given {
  readonly seconds: number
  readonly random: Random
  /** How long everybody may take to hear everything in the end. */
  readonly settleMs: number
}

export interface Report extends Outcome {
  readonly figures: readonly Figure[]
}

/** Something measured. What it comes to depends on the machine, so a slow one need not keep the limit. */
export interface Figure {
  readonly name: string
  readonly value: number
  /** Null when it is only told. */
  readonly atMost: number | null
}

export interface Load {
  readonly faults: readonly Fault[]
  readonly pace?: Partial<Pace>
  /** What is rewritten in each process, drawn anew for each of its lives. */
  readonly rewrites?: (random: Random) => readonly Rewrite[]
  /** What is rewritten in functions of the database. */
  readonly functions?: readonly Rewrite[]
  /** What is rewritten ends processes, or nothing was done. */
  readonly deadly?: boolean
  readonly program?: Program
  /** When there is time, it takes at least so many seconds. */
  readonly least?: number
  /** The faults end only after everybody has heard everything. */
  readonly lasting?: boolean
  readonly limits?: Limits
}
type Limits = Readonly<Partial<Record<'p50' | 'p95' | 'p99' | 'settledMs', number>>>

/** Plays a case; one that breaks down has failed, and the others go on. */
export async function attempt(one: Case, cluster: Cluster, given: Given): Promise<Report> {
  try {
    return await one.play(cluster, given)
  } catch (error) {
    const verdict = judge({ writes: [], changes: [], ears: [] })
    return { ...IDLE, verdict, wrong: [`broke down: ${error instanceof Error ? error.stack : String(error)}`] }
  }
}
const IDLE = { settledMs: 0, packets: {}, harms: 0, deaths: 0, figures: [] }

/** From so many seconds on there is time for what takes its time. */
const LONG = 20

/** A case of people at work with faults beside them. */
export const load = (name: string, title: string, given: Load): Case => ({
  name,
  title,
  mustFail: false,
  async play(cluster, { seconds, random, settleMs }) {
    const {
      faults,
      pace = {},
      rewrites,
      functions = [],
      program = KITH,
      least = 0,
      lasting = false,
      deadly = false,
      limits = {},
    } = given
    const drawn = random.of('rewrites')
    await cluster.runs(rewrites ? { ...program, rewrites: () => rewrites(drawn) } : program)
    const lasts = seconds < LONG ? seconds : Math.max(seconds, least)
    const putBack = await rewriteFunctions(cluster.db, functions)
    try {
      const outcome = await run({ cluster, faults, random, seconds: lasts, settleMs, pace, lasting })
      const wrong = deadly && outcome.deaths === 0 ? [...outcome.wrong, 'no process died'] : outcome.wrong
      return { ...outcome, wrong, figures: figuresOf(outcome, limits) }
    } finally {
      await putBack()
    }
  },
})

const figuresOf = ({ verdict, settledMs }: Outcome, limits: Limits): Figure[] =>
  Object.entries({ p50: verdict.p50, p95: verdict.p95, p99: verdict.p99, settledMs }).flatMap(([name, value]) => {
    const atMost = limits[name as keyof Limits]
    return atMost === undefined ? [] : [{ name, value, atMost }]
  })

/** The same with a server that is made wrong: the judge must see it. */
export const blunder = (name: string, title: string, given: Load): Case => ({
  ...load(name, title, given),
  mustFail: true,
})
