import type { Knex } from 'knex'
import { job } from '../../kernel/job.ts'
import type { Ctx } from '../../kernel/scope.ts'
import { shape } from '../../kernel/shape.ts'
import { jobFor } from './jobs.ts'
import { failMedia } from './making.ts'
import { Media } from './model.ts'
import { removeMedia } from './policy.ts'
import { PurgeMedia } from './purging.ts'

const HOUR_MS = 3_600_000
/** How long a client may take to send what it asked to send. */
const AWAITED_MS = 24 * HOUR_MS
/** How long work takes at most with every attempt; then it is asked for again, and some time not again. */
const WORKED_MS = 2 * HOUR_MS
const GIVEN_UP_MS = 48 * HOUR_MS
/** How long something may be ready without being put into anything, such as a post that is not written yet. */
const UNATTACHED_MS = 7 * 24 * HOUR_MS
/** How long the job that deletes files may be on its way. */
const PURGED_MS = HOUR_MS
const BATCH = 500

export const SweepMedia = job('media:sweep', {
  about:
    'Ends uploads that never came and what nobody put into anything, and asks again for work that was lost. Ending twice ends once.',
  payload: shape({}),
  queue: 'upkeep',
  attempts: 1,
  everySeconds: 3600,
  async run(work) {
    const unfinished = await work.scope(({ db, now }) =>
      Media.query(db)
        .where(q => {
          q.where({ status: 'awaiting' }).where('updatedAt', '<', before(now, AWAITED_MS))
        })
        .orWhere(q => {
          q.where({ status: 'processing' }).where('createdAt', '<', before(now, GIVEN_UP_MS))
        })
        .limit(BATCH),
    )
    for (const media of unfinished) await failMedia(work, media, media.status === 'awaiting' ? 'missing' : 'broken')

    await work.scope(async ctx => {
      await workAgain(ctx)
      const idle = await Media.query(ctx.db)
        .where({ status: 'ready', attachedAt: null })
        .where('updatedAt', '<', before(ctx.now, UNATTACHED_MS))
        .limit(BATCH)
        .select('id')
        .forUpdate()
        .skipLocked()
      await removeMedia(
        ctx,
        idle.map(({ id }) => id),
      )
      const lost = await unpurged(ctx.db, before(ctx.now, PURGED_MS)).limit(BATCH)
      for (const { id } of lost) ctx.enqueue(PurgeMedia, { mediaId: id })
    })
  },
})

/** Asks for work that has not been done for long: it may wait in a queue still, and is done once all the same. */
async function workAgain(ctx: Ctx): Promise<void> {
  const waiting = await Media.query(ctx.db)
    .where({ status: 'processing' })
    .where('updatedAt', '<', before(ctx.now, WORKED_MS))
    .limit(BATCH)
    .select('id', 'kind')
    .forUpdate()
    .skipLocked()
  await Media.query(ctx.db)
    .findByIds(waiting.map(({ id }) => id))
    .patch({ updatedAt: ctx.now })
  for (const { id, kind } of waiting) ctx.enqueue(jobFor(kind), { mediaId: id })
}

/** Media that have been over since then, and whose files may still be there. */
export const unpurged = (db: Knex, since: Date) =>
  Media.query(db)
    .whereIn('status', ['removed', 'failed'])
    .where({ purgedAt: null })
    .where('updatedAt', '<', since)
    .select('id')

const before = (now: Date, ms: number) => new Date(now.getTime() - ms)
