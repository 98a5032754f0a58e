import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import test from 'ava'
import { Late } from '../../src/kernel/failure.ts'
import { within } from '../../src/kernel/within.ts'

test('what arrived while the process was too busy to look is in time', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const reader = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [[writer]] = await Promise.all([accepted, once(reader, 'connect')])
  t.teardown(() => [reader, writer, server].forEach(each => ('destroy' in each ? each.destroy() : each.close())))
  const answer = within(50, once(reader, 'data'))
  await new Promise(resolve => writer.write('here', resolve))
  const began = performance.now()
  while (performance.now() - began < 150);
  t.deepEqual(await answer, [Buffer.from('here')])
})

test('what does not come is late', async t => {
  const error = await t.throwsAsync(within(10, new Promise(() => undefined)))
  t.is((error as { reason?: string }).reason, Late.reason)
})
