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
    }
  }

/** Breaks something once, early in the run, for `ms` or as long as the load lasts if that is shorter. */
export const once =
  (ms: number, act: (scene: Scene, pause: () => Promise<unknown>) => Promise<unknown>): Fault =>
  async scene => {
    await pause(scene.seconds * 100, scene.stop)
    await act(scene, () => pause(ms, scene.stop))
  }
