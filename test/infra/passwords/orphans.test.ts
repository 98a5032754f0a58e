import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const script = fileURLToPath(import.meta.resolve('./support/starter.ts'))

test('the processes that hash end with the one that started them, even when it is killed', async t => {
  const starter = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'pipe'] })
  await once(starter.stdout, 'data')
  // They write their errors where it does: that pipe is closed when the last of them is gone.
  const gone = once(starter.stderr.resume(), 'close')
  starter.kill('SIGKILL')
  await gone
  t.is(starter.signalCode, 'SIGKILL')
})
