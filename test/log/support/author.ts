import type { Person } from '../../support/person.ts'

/** Somebody who posts without a pause until told to stop. */
export interface Author {
  /** Resolves when this many more posts have been acknowledged. */
  writes(more: number): Promise<void>
  /** Stops; answers the ids of all posts, in the order of their acks. */
  stop(): Promise<string[]>
}

/** With `hearing`, each post is heard by its author before the next is written. */
export function keepsPosting(person: Person, { hearing = false } = {}): Author {
  const acknowledged: string[] = []
  const waiting = new Set<() => void>()
  const stopping = new AbortController()
  const writing = (async () => {
    while (!stopping.signal.aborted) {
      const { id } = await person.call('post:create', { text: `${person.name} ${acknowledged.length}` })
      acknowledged.push(id)
      if (hearing) await person.next('post:created', post => post.id === id)
      for (const wake of waiting) wake()
      waiting.clear()
    }
  })()
  writing.catch(() => undefined) // told by whoever waits
  return {
    async writes(more) {
      for (const enough = acknowledged.length + more; acknowledged.length < enough;)
        await Promise.race([new Promise<void>(resolve => waiting.add(resolve)), writing])
    },
    async stop() {
      stopping.abort()
      await writing
      return acknowledged
    },
  }
}
