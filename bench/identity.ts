/** `npm run bench:identity`: what signing in costs, and what it tells. */
import { codes } from './identity/codes.ts'
import { passwords } from './identity/passwords.ts'
import { refreshes } from './identity/refreshes.ts'
import { timings } from './identity/timings.ts'
import { tokens } from './identity/tokens.ts'
import { measure } from './measure.ts'

await measure('bench:identity', { codes, refreshes, tokens, passwords, timings })
