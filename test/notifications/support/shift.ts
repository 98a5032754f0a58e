import { startWorker } from '../../../src/main/worker.ts'
import type { Person } from '../../support/person.ts'
import type { World } from '../../support/world.ts'

/** Runs `body` while a worker works. Afterwards nobody does, and every job that was begun has ended. */
export async function shift<T>({ config }: World, body: () => Promise<T>): Promise<T> {
  const worker = await startWorker(config)
  try {
    return await body()
  } finally {
    await worker[Symbol.asyncDispose]()
  }
}

/** Has `from` comment on a new public post of `to`; resolves when that has been notified of. */
export async function remark(to: Person, from: Person) {
  const { id: postId } = await to.call('post:create', { text: 'a secret', visibility: 'public' })
  const { id: commentId } = await from.call('comment:create', { postId, text: 'another secret' })
  const { id: notificationId } = await to.next('notification:created', ({ subjectId }) => subjectId === commentId)
  return { postId, commentId, notificationId }
}

/** Does the work that waits, and then some, which proves that what waited was begun. */
export const catchUp = (world: World, to: Person, from: Person) => shift(world, () => remark(to, from))
