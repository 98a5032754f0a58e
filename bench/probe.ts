/** Loaded before a server that is measured: tells its parent what it has used, without the server knowing. */
export interface Usage {
  /** Of all its threads since its start, in microseconds. */
  readonly cpu: number
  /** In bytes, after a collection of garbage. */
  readonly rss: number
  readonly heap: number
}

export const ASK = { ask: 'cpu' } as const
export const ASK_CLEAN = { ask: 'memory' } as const

process.on('message', message => {
  const { ask } = message as { ask?: string }
  // Once does not free what finalizers hold.
  if (ask === ASK_CLEAN.ask) for (let i = 0; i < 3; i += 1) globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  if (ask) process.send?.({ cpu: user + system, rss, heap: heapUsed } satisfies Usage)
})
