import type { Knex } from 'knex'
import { job, type Work } from '../../kernel/job.ts'
import { instant, oneOf, optional, shape, text } from '../../kernel/shape.ts'
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
      const waiting = await Media.query(ctx.db)
        .where({ status: 'processing' })
        .where('updatedAt', '<', before(ctx.now, WORKED_MS))
        .limit(BATCH)
        .patch({ updatedAt: ctx.now })
        .returning(['id', 'kind'])
      for (const { id, kind } of waiting) ctx.enqueue(jobFor(kind), { mediaId: id })
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

/** Media that have been over since then, and whose files may still be there. */
export const unpurged = (db: Knex, since: Date) =>
  Media.query(db)
    .whereIn('status', ['removed', 'failed'])
    .where({ purgedAt: null })
    .where('updatedAt', '<', since)
    .select('id')

const before = (now: Date, ms: number) => new Date(now.getTime() - ms)

const PAGE = 500

export const SweepStorage = job('storage:sweep', {
  about: 'Deletes files that belong to nothing, a page of them at a time. What is deleted twice is deleted once.',
  payload: shape({
    folder: optional(oneOf('uploads/', 'renditions/')),
    after: optional(text({ max: 1024 })),
    /** What is younger may belong to something that is not written yet. */
    madeBefore: optional(instant()),
  }),
  queue: 'upkeep',
  attempts: 3,
  everySeconds: 86_400,
  async run(work, { folder = 'uploads/', after = '', madeBefore }) {
    const until = madeBefore ?? (await work.scope(async ({ now }) => before(now, AWAITED_MS).toISOString()))
    const objects = await work.ports.blobs.list(folder, after, PAGE)
    const keys = objects.filter(({ madeAt }) => madeAt.toISOString() < until).map(({ key }) => key)
    const needed = await (folder === 'uploads/' ? neededUploads : neededFiles)(work, keys)
    for (const key of keys.filter(key => !needed.has(key))) await work.ports.blobs.remove(key)
    const last = objects.at(-1)
    await work.scope(async ctx => {
      if (objects.length === PAGE && last) ctx.enqueue(SweepStorage, { folder, after: last.key, madeBefore: until })
      else if (folder === 'uploads/') ctx.enqueue(SweepStorage, { folder: 'renditions/', madeBefore: until })
    })
  },
})

async function neededUploads(work: Work, keys: readonly string[]): Promise<Set<string>> {
  const media = await work.scope(({ db }) =>
    Media.query(db)
      .whereIn('uploadKey', [...keys])
      .whereIn('status', ['awaiting', 'processing'])
      .select('uploadKey'),
  )
  return new Set(media.map(({ uploadKey }) => uploadKey))
}

/** Of renditions, all of media that are neither removed nor failed. */
async function neededFiles(work: Work, keys: readonly string[]): Promise<Set<string>> {
  const idOf = (key: string) => key.split('/')[1] ?? ''
  const ids = [...new Set(keys.map(idOf))].filter(id => UUID.test(id))
  const media = await work.scope(({ db }) =>
    Media.query(db).findByIds(ids).whereNotIn('status', ['removed', 'failed']).select('id'),
  )
  const kept = new Set<string>(media.map(({ id }) => id))
  return new Set(keys.filter(key => kept.has(idOf(key))))
}
const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/
