import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { LOOPBACK, portOf } from '../../../src/local/network.ts'
import type { Node } from './node.ts'

/** One address for all web processes: each connection goes to the next that is up. */
export interface Balancer extends AsyncDisposable {
  readonly url: string
}

export async function openBalancer(webs: () => readonly Node[]): Promise<Balancer> {
  let turn = 0
  const server = createServer(near => {
    const up = webs().filter(({ isUp }) => isUp)
    const target = up[(turn += 1) % up.length]
    if (!target) {
      near.destroy()
      return
    }
    const far = connect(Number(new URL(target.url).port), LOOPBACK)
    near.pipe(far).pipe(near)
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      one.on('error', () => undefined) // a close follows
      one.on('close', () => other.destroy())
    }
  }).listen(0, LOOPBACK)
  await once(server, 'listening')
  return {
    url: `http://${LOOPBACK}:${portOf(server)}`,
    async [Symbol.asyncDispose]() {
      server.close()
    },
  }
}
