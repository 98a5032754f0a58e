import { setTimeout } from 'node:timers/promises'
import type { Planted } from '../../support/crowd.ts'
import type { Change } from '../history.ts'
import { openLine } from './line.ts'
import { openViewer, type Viewer, type ViewerOptions } from './viewer.ts'

const ANSWER_MS = 5000

/** A viewer whose session can be ended from another device. */
export interface Member extends Viewer {
  mayEnd(): boolean
  end(): Promise<void>
  /** For how long a connection outlived its token at most. */
  outlivedMs(): number
}

export interface MemberOptions extends ViewerOptions {
  readonly person: Planted
  /** Nobody ends the session of one who is in a pair: they act in it. */
  readonly isBound: boolean
  readonly changed: (change: Change) => void
}

export function openMember({ person, isBound, changed, ...options }: MemberOptions): Member {
  const viewer = openViewer(options)
  let ended = false
  return {
    ...viewer,
    mayEnd: () => !isBound && !ended,
    async end() {
      ended = true
      const change = { person: person.id, circle: null, granted: false, sentAt: performance.now(), ackedAt: Infinity }
      changed(change)
      const { urls, random } = options
      const line = openLine({ urls, random: random.of('other device'), auth: () => ({ token: person.token }) })
      // When the answer is lost it cannot be asked for again: the session may be over by then.
      const ack = await Promise.race([line.send('session:end', {}), setTimeout(ANSWER_MS, null)])
      line.close()
      if (ack?.ok) change.ackedAt = performance.now()
    },
    async settle() {
      if (!ended) return viewer.settle()
      viewer.ear.settled = true // it cannot ask; what it hears all the same is judged
    },
  }
}
