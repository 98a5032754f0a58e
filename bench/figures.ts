/** Plain arithmetic on what was measured. */

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const [low = NaN, high = NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return (low + high) / 2
}

/** What each round had of one side divided by what it had of the other. */
export const ratios = (over: readonly number[], under: readonly number[]): number[] =>
  over.map((value, round) => value / (under[round] ?? NaN))

type Sides<T> = Readonly<Record<string, () => Promise<T>>>

/** Lets every side run once a round, another one first each time; answers what each had, by round. */
export async function alternate<T, S extends Sides<T>>(
  rounds: number,
  sides: S & Sides<T>,
): Promise<{ [K in keyof S]: T[] }> {
  const names = Object.keys(sides)
  const found = Object.fromEntries(names.map(name => [name, [] as T[]]))
  for (let round = 0; round < rounds; round += 1) {
    const first = round % names.length
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      const side = sides[name]
      if (side) found[name]?.push(await side())
    }
  }
  return found as { [K in keyof S]: T[] }
}
