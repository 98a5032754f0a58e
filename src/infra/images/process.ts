/** Renders photos in a process of its own, which has no secrets and may write nothing: what a decoder breaks stays in it. */
import { UnreadableMedia } from '../../kernel/media.ts'
import type { Report } from './sandbox.ts'
import { render } from './render.ts'

const report = (message: Report) => process.send?.(message)

process.on('message', (original: Buffer) => {
  void render(original, share => report({ kind: 'progress', share })).then(
    image => report({ kind: 'done', image }),
    (error: unknown) => {
      if (!(error instanceof UnreadableMedia)) throw error // ends the process, which says why
      report({ kind: 'unreadable', reason: error.reason })
    },
  )
})
process.on('disconnect', () => process.exit()) // whoever asked is gone
