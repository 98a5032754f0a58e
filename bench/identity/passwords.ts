import { setTimeout } from 'node:timers/promises'
import { openRaw } from '../../test/support/raw.ts'
import { plantPeople } from '../../test/support/crowd.ts'
import { atRate } from '../clients.ts'
import { alternate, quantile, ratios } from '../figures.ts'
import type { Section } from '../results.ts'
import type { Server, Stage } from '../stage.ts'
import { openPosting } from './posting.ts'

const IN_FLIGHT = 40
const READERS = 20
const READS_PER_SECOND = 100
const SECONDS = 10

/** What other people’s commands feel of many who sign in by password. */
export async function passwords(stage: Stage, rounds: number): Promise<Section> {
  const readers = await plantPeople(stage.db, stage.config, READERS)
  await using server = await stage.start('web')
  const sockets = readers.map(({ token }) => openRaw({ url: server.url, auth: { token } }))
  await Promise.all(sockets.map(({ ready }) => ready))

  async function read(): Promise<number> {
    const times: number[] = []
    await atRate(READS_PER_SECOND, SECONDS, async (due, n) => {
      const ack = await sockets[n % READERS]?.ask('session:list', {})
      if (!ack?.ok) throw new Error(`A read was refused: ${JSON.stringify(ack)}`)
      times.push(performance.now() - due)
    })
    return quantile(times, 0.99)
  }
  const done: number[] = []
  const found = await alternate(rounds, {
    alone: read,
    beside: async () => {
      const hashing = keepHashing(server)
      const p99 = await read()
      done.push((await hashing.stop()) / SECONDS)
      return p99
    },
  })
  for (const socket of sockets) socket.vanish()
  return {
    title: 'Identity: passwords beside other commands',
    about:
      `${READERS} sockets read ${READS_PER_SECOND} times a second at even distances, alone, and while ${IN_FLIGHT} sign-ins by password are always ` +
      'in flight at the same process, or wait as long as they were told to; “alone” stands under bare. bcrypt’s cost is 12.',
    figures: [
      {
        what: 'p99 of the reads, ratio',
        unit: '',
        target: { atMost: 2 },
        figures: ratios(found.beside, found.alone),
        kith: found.beside,
        bare: found.alone,
      },
      { what: 'passwords looked at a second', unit: '', figures: done, kith: done },
    ],
  }
}

/**
 * Keeps so many sign-ins in flight, each at another account that is not there: it costs what a real one does. One that is
 * refused because too many wait comes back when it was told to.
 */
function keepHashing({ url }: Server) {
  const posting = openPosting(url, IN_FLIGHT)
  const hashing = { on: true }
  let count = 0
  const lines = Array.from({ length: IN_FLIGHT }, async () => {
    while (hashing.on) {
      const { retryAfterMs = 0 } = await posting.refusal('/v1/auth/password', {
        login: `${crypto.randomUUID()}@mail.example`,
        password: 'a guess',
      })
      if (retryAfterMs > 0) await setTimeout(retryAfterMs)
      else count += 1
    }
  })
  return {
    async stop() {
      hashing.on = false
      await Promise.all(lines)
      posting[Symbol.dispose]()
      return count
    },
  }
}
