import { slice } from '../../kernel/app.ts'
import { listActivities } from './commands.ts'
import { CoarsenAddresses, KeepRecords } from './jobs.ts'

/** Activities: what a person did that they should be able to check, first of all sign-ins. */
export const activities = slice({ commands: [listActivities], jobs: [KeepRecords, CoarsenAddresses] })
