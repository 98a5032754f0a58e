/** `npm run bench:log`: what the log costs. */
import { connections } from './log/connections.ts'
import { fanout } from './log/fanout.ts'
import { latency } from './log/latency.ts'
import { listenerless } from './log/listenerless.ts'
import { posts } from './log/posts.ts'
import { resumes } from './log/resumes.ts'
import { measure } from './measure.ts'

await measure('bench:log', { fanout, posts, latency, listenerless, connections, resumes })
