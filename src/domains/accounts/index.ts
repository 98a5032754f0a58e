import { slice } from '../../kernel/app.ts'
import * as failures from './failures.ts'

/** Accounts: who exists, in what state, and who is hidden from whom. */
export const accounts = slice({ failures: Object.values(failures) })
