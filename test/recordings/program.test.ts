import test from 'ava'
import { Failed, program } from '../../src/infra/recordings/program.ts'
import { UnreadableMedia } from '../../src/kernel/media.ts'
import { PROGRAMS } from './support/film.ts'

const shell = program('/bin/sh', PROGRAMS.path)
const endOf = async (script: string): Promise<unknown> =>
  shell(['-c', script], { seconds: 10, hear: () => undefined }).then(
    () => 'well',
    (error: unknown) => error,
  )

test('a program that ends otherwise than well blames the file, and its last words are kept to two thousand', async t => {
  t.is(await endOf('exit 0'), 'well')
  const failed = await endOf('yes wrong | head -n 1000 >&2; echo the end >&2; exit 1')
  t.true(failed instanceof Failed)
  t.regex(String(failed), /wrong\nthe end$/)
  t.true(String(failed).length < 2100)
  t.true((await endOf('kill -SEGV $$')) instanceof Failed)
})

const outside = {
  'is told to stop as the server is': 'exit 255',
  'is killed for the memory of others': 'kill -KILL $$',
  'is told to end': 'kill -TERM $$',
  'is not there': 'exec no-such-program',
  'finds the disk full': 'echo "av_interleaved_write_frame(): No space left on device" >&2; exit 1',
}
for (const [what, script] of Object.entries(outside))
  test(`a program that ${what} does not blame the file`, async t => {
    const error = await endOf(script)
    t.false(error instanceof Failed || error instanceof UnreadableMedia, String(error))
    t.regex(String(error), /could not go on/)
  })

test('a program that is refused the memory it wants says that the file is too heavy', async t => {
  const error = await endOf('echo "Error while decoding: Cannot allocate memory" >&2; exit 1')
  t.is((error as UnreadableMedia).reason, 'too_heavy')
})

test('a program whose server is gone ends when twice its time of the processor is spent', async t => {
  const limits: string[] = []
  await shell(['-c', 'ulimit -t'], { seconds: 7, hear: line => limits.push(line) })
  t.deepEqual(limits, ['14'])
})

test('a program that is under way when the process stops is ended, and does not blame the file', async t => {
  const stopping = new AbortController()
  const started = Promise.withResolvers<void>()
  const run = program('/bin/sh', PROGRAMS.path, stopping.signal)
  const running = run(['-c', 'echo started; sleep 600'], { seconds: 60, hear: () => started.resolve() })
  await started.promise
  stopping.abort()
  const error = await t.throwsAsync(running)
  t.false(error instanceof Failed || (error as unknown) instanceof UnreadableMedia)
})
