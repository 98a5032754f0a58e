import { fork } from 'node:child_process'
import { once } from 'node:events'
import { alternate, ratios } from '../figures.ts'
import type { Figure, Section } from '../results.ts'
import { saying, type Original } from './originals.ts'
import type { Request, Spent } from './renderer.ts'
import type { Made, WorkName } from './steps.ts'

/** What it costs to render a photo, beside the plainest way to make the same files. */
export async function photos(originals: readonly Original[], rounds: number): Promise<Section> {
  const figures: Figure[] = []
  for (const original of originals) figures.push(...(await figuresOf(original, rounds)))
  return {
    title: 'Media: rendering a photo',
    about:
      `CPU time of a process that renders: its first photo, and the same once more. Four sizes are 2048, 1080, 480 and 160 pixels on ` +
      'the long edge; everything is those and two squares, in WebP, JPEG and AVIF. Beside it, under bare, a pipeline of sharp for each ' +
      `file, as sharp encodes when told nothing (WebP and JPEG of quality 80, AVIF of effort 4). ${saying(originals)}`,
    figures,
  }
}

async function figuresOf({ name, bytes: original }: Original, rounds: number): Promise<Figure[]> {
  const side = (work: WorkName, times: number) => () => spend({ work, original }, times)
  const found = await alternate(rounds, {
    needed: side('needed', 2),
    neededPlainly: side('neededPlainly', 2),
    all: side('all', 2),
    allPlainly: side('allPlainly', 1),
  })
  const cpu = (work: WorkName, time: number) => found[work].map(spent => spent[time]?.cpu ?? NaN)
  const made = (work: WorkName, round: number) => found[work][round]?.[0]?.made ?? {}
  const figure = (what: string, kith: readonly number[], target?: Figure['target'], bare?: readonly number[]) => ({
    what: `${name}: ${what}`,
    unit: 'ms',
    figures: kith,
    kith,
    ...(target && { target }),
    ...(bare && { bare }),
  })
  const bytes = (what: string, work: 'needed' | 'all') => {
    const [kith, bare] = kilobytesOf(found[work].map((_, round) => [made(work, round), made(`${work}Plainly`, round)]))
    return { what: `${name}: kB of ${what}, ratio`, unit: '', figures: ratios(kith, bare), kith, bare }
  }
  return [
    figure('four sizes in WebP and JPEG', cpu('needed', 0), { atMost: 900 }, cpu('neededPlainly', 0)),
    figure('the same, not the first', cpu('needed', 1), { atMost: 900 }, cpu('neededPlainly', 1)),
    figure('everything', cpu('all', 0), { atMost: 2000 }, cpu('allPlainly', 0)),
    figure('the same, not the first', cpu('all', 1), { atMost: 2000 }),
    bytes('four sizes in WebP and JPEG', 'needed'),
    bytes('everything', 'all'),
  ]
}

/** The kilobytes of the files that both sides have, by round. */
function kilobytesOf(rounds: readonly (readonly [Made, Made])[]): [number[], number[]] {
  const sum = (made: Made, other: Made) =>
    Object.entries(made).reduce((sum, [file, bytes]) => sum + (file in other ? bytes / 1000 : 0), 0)
  return [rounds.map(([kith, bare]) => sum(kith, bare)), rounds.map(([kith, bare]) => sum(bare, kith))]
}

/** Lets a new process do it several times. */
async function spend(request: Request, times: number): Promise<Spent[]> {
  const child = fork(new URL('renderer.ts', import.meta.url), { serialization: 'advanced' })
  const spent: Spent[] = []
  for (let time = 0; time < times; time += 1) {
    child.send(request)
    const answer = await Promise.race([once(child, 'message'), once(child, 'exit')])
    if (typeof answer[0] !== 'object' || answer[0] === null) throw new Error('A process that renders ended')
    spent.push(answer[0] as Spent)
  }
  child.disconnect()
  await once(child, 'exit')
  return spent
}
