import { pause } from '../pause.ts'
import type { Fault, Scene } from '../run.ts'

/** Does something again and again, about every `ms`; in a run too short for that, at least once or twice. */
export const every =
  (ms: number, act: (scene: Scene) => Promise<unknown> | void): Fault =>
  async scene => {
    const period = Math.min(ms, scene.seconds * 400)
    for (;;) {
      await pause(period * scene.random.between(0.6, 1.4), scene.stop)
      if (scene.stop.aborted) return
      await act(scene)
      scene.did()
    }
  }

/** Breaks something once, early in the run, for `ms` or as long as the load lasts if that is shorter. */
export const once =
  (ms: number, act: (scene: Scene, pause: () => Promise<unknown>) => Promise<unknown>): Fault =>
  async scene => {
    await pause(scene.seconds * 100, scene.stop)
    await act(scene, () => pause(ms, scene.stop))
    scene.did()
  }

const last = new WeakMap<object, Promise<unknown>>()

/** Several faults may hurt the same thing; one at a time does. */
export function alone<T>(thing: object, act: () => Promise<T>): Promise<T> {
  const turn = (last.get(thing) ?? Promise.resolve()).then(act)
  last.set(
    thing,
    turn.catch(() => undefined),
  )
  return turn
}
