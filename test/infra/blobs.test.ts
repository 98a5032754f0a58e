import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { googleBlobs } from '../../src/infra/blobs/index.ts'
import { explainDbError } from '../../src/infra/db/errors.ts'

/** Storage that answers as a test wants it to. */
async function storageThat(t: ExecutionContext, answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return googleBlobs({ bucket: 'b', project: 'p', endpoint: `http://127.0.0.1:${port}` })
}

test('storage that breaks off before it answers is said to be away, and is not our bug', async t => {
  const blobs = await storageThat(t, request => request.socket.destroy())
  for (const reading of [() => blobs.serve('file'), () => blobs.read('file', '1')]) {
    const error = await t.throwsAsync(reading, { message: 'Storage does not answer' })
    t.is(explainDbError(error)?.reason, 'unavailable')
  }
})
