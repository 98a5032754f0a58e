import { workOf, type Job } from '../../src/kernel/job.ts'
import { buildApp } from '../../src/main/app.ts'
import type { World } from './world.ts'

/** Does a job as a worker does, and answers when it is done. */
export async function perform<P>({ config }: World, job: Job<P>, payload: P): Promise<void> {
  await using built = await buildApp(config, 'worker')
  await job.run(workOf(built.app), payload)
}
