/** Loaded before a server that is measured: tells its parent what it has used, without the server knowing. */
export interface Usage {
  /** Of all its threads since its start, in microseconds. */
  readonly cpu: number
  /** In bytes, after a collection of garbage. */
  readonly rss: number
  readonly heap: number
  /** The resident memory once empty pages have been given back, as an idle process does in time. */
  readonly held: number
}

export const ASK = { ask: 'cpu' } as const
export const ASK_CLEAN = { ask: 'memory' } as const

process.on('message', message => {
  const { ask } = message as { ask?: string }
  const isClean = ask === ASK_CLEAN.ask
  if (isClean) collect({})
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  if (isClean) collect({ flavor: 'last-resort' })
  const held = process.memoryUsage.rss()
  if (ask) process.send?.({ cpu: user + system, rss, heap: heapUsed, held } satisfies Usage)
})

/** Once does not free what finalizers hold. */
function collect({ flavor = 'regular' }: { flavor?: 'regular' | 'last-resort' }) {
  for (let i = 0; i < 3; i += 1) globalThis.gc?.({ type: 'major', execution: 'sync', flavor })
}
