/** A process that renders as it is asked and says what that took, so that its CPU time is one photo’s and nobody else’s. */
import { WORKS, type Made, type WorkName } from './steps.ts'

export interface Request {
  readonly work: WorkName
  readonly original: Buffer
}
export interface Spent {
  /** In milliseconds, of all its threads. */
  readonly cpu: number
  readonly made: Made
}

process.on('message', ({ work, original }: Request) => {
  const before = process.cpuUsage()
  void WORKS[work](original).then(made => {
    const { user, system } = process.cpuUsage(before)
    process.send?.({ cpu: (user + system) / 1000, made } satisfies Spent)
  })
})
process.on('disconnect', () => process.exit())
