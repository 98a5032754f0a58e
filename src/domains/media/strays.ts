import { job, type Work } from '../../kernel/job.ts'
import { instant, oneOf, optional, shape, text } from '../../kernel/shape.ts'
import { Media } from './model.ts'

const DAY_MS = 86_400_000
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
    const until = madeBefore ?? (await work.scope(async ({ now }) => new Date(now.getTime() - DAY_MS).toISOString()))
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
