import { slice } from '../../kernel/app.ts'
import * as failures from './failures.ts'

/** Accounts: who exists, and in what state. */
export const accounts = slice({ failures: Object.values(failures) })
