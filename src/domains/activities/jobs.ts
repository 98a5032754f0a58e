import { job } from '../../kernel/job.ts'
import { shape } from '../../kernel/shape.ts'

export const KeepRecords = job('activity:keep', {
  about: 'Makes the months ahead of what is kept by month, and drops those beyond thirteen. What is made stays made.',
  payload: shape({}),
  queue: 'upkeep',
  attempts: 1,
  everySeconds: 3600,
  async run({ scope }) {
    await scope(({ db }) => db.raw('select keep_records()'))
  },
})

export const CoarsenAddresses = job('activity:coarsen', {
  about: 'Leaves of addresses older than 30 days the network only. What is coarse stays as it is.',
  payload: shape({}),
  queue: 'upkeep',
  attempts: 1,
  everySeconds: 3600,
  async run({ scope }) {
    for (const coarsen of ['coarsen_activities', 'coarsen_sessions'])
      for (let coarsened = 1; coarsened > 0;) {
        const { rows } = await scope(({ db }) =>
          db.raw<{ rows: [{ count: string }] }>('select ??() as count', [coarsen]),
        )
        coarsened = Number(rows[0].count)
      }
  },
})
