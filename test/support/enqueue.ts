import type { World } from './world.ts'

/** Puts work into the log as a command would. */
export async function enqueue({ db }: World, name: string, payload: object): Promise<void> {
  await db('outbox').insert({ kind: 'job', name, payload: JSON.stringify(payload), rooms: [], excluded: [] })
}
