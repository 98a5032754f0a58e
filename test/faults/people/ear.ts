import type { Ready } from '../../../client/index.ts'
import type { Ear, Hearing } from '../history.ts'

/** An ear in the making: what a device's app is given, in order. */
export interface Listening extends Ear {
  readonly heard: Hearing[]
  readonly gaps: { readonly from: number; to: number }[]
  readonly unrecovered: string[]
  /** Connections that ended before they were ready. */
  refusals: number
  resumed: number
  settled: boolean
  /** Takes one event as the app does. */
  hear(name: string, payload: unknown, pos: number | null): void
  connected(ready: Ready): void
  lost(wasReady: boolean): void
  /** Resolves once the profile of this person says `bio`. */
  hears(bio: string): Promise<void>
}

/** Texts that tell of a write carry its key after this. */
const MARK = 'write:'
export const textOf = (key: string): string => MARK + key

export function listen(person: string, circles: Iterable<string>, rooms: Iterable<string>): Listening {
  const waiting = new Map<string, () => void>()
  let connections = 0
  return {
    person,
    circles: new Set(circles),
    rooms: new Set(rooms),
    heard: [],
    gaps: [],
    unrecovered: [],
    resumed: 0,
    refusals: 0,
    settled: false,
    hear(name, payload, pos) {
      const { text, bio } = payload as { text?: string; bio?: string }
      const key = text?.startsWith(MARK) && name.endsWith(':created') ? text.slice(MARK.length) : null
      this.heard.push({ key, pos, at: performance.now() })
      if (bio !== undefined) waiting.get(bio)?.()
    },
    connected({ recovered, reason }) {
      connections += 1
      const gap = this.gaps.at(-1)
      if (gap) gap.to = Math.min(gap.to, performance.now())
      if (recovered) this.resumed += 1
      else if (connections > 1) this.unrecovered.push(reason)
    },
    lost(wasReady) {
      if (!wasReady) this.refusals += 1
      if (this.gaps.at(-1)?.to !== Infinity) this.gaps.push({ from: performance.now(), to: Infinity })
    },
    hears: bio => new Promise(resolve => waiting.set(bio, resolve)),
  }
}
