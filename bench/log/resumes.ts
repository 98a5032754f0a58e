import { plantFriends, plantPeople } from '../../test/support/crowd.ts'
import { connectAll, vanishAll } from '../clients.ts'
import { alternate } from '../figures.ts'
import type { Section } from '../results.ts'
import type { Stage } from '../stage.ts'
import { ask, TEXT } from './post.ts'

const HERD = 3000
const MISSED = 200

/** What it takes to bring back everybody at once, each with what they missed. */
export async function resumes(stage: Stage, rounds: number): Promise<Section> {
  const [author] = await plantPeople(stage.db, stage.config, 1)
  const herd = await plantPeople(stage.db, stage.config, HERD)
  await plantFriends(
    stage.db,
    herd.map(({ id }) => [author!.id, id] as const),
  )
  await stage.settle()

  async function resume() {
    await using node = await stage.start('web')
    const [voice] = await connectAll({ server: node, people: [author!], atOnce: 1 })
    const { cursor } = await voice!.ready
    for (let i = 0; i < MISSED; i += 1) await ask(voice, 'post:create', { text: TEXT })
    // The log is at its end when the author could resume with nothing missed.
    let replayed = 0
    const onText = (text: string) => {
      if (text.startsWith('42["log:replay"')) replayed += 1
    }
    const before = await node.usage()
    const started = performance.now()
    const sockets = await connectAll({ server: node, people: herd, cursor, onText, atOnce: HERD })
    const seconds = (performance.now() - started) / 1000
    const after = await node.usage()
    const readies = await Promise.all(sockets.map(socket => socket.ready))
    const recovered = readies.filter(ready => ready.recovered).length
    await vanishAll(sockets)
    if (replayed < HERD) throw new Error(`Only ${replayed} were given what they missed`)
    return { seconds, recovered, perCore: (HERD / (after.cpu - before.cpu)) * 1e6 }
  }
  const { kith } = await alternate(rounds, { kith: resume })
  return {
    title: 'The log: a herd that comes back',
    about:
      `${HERD} clients connect to one node at once, each with a cursor from before ${MISSED} posts of a friend, and are given all of them ` +
      'from the ring. A refused one would fail the bench. The bare server has no such thing.',
    figures: [
      {
        what: 'resumes per core-second of the node',
        unit: '',
        target: { atLeast: 250 },
        figures: kith.map(r => r.perCore),
      },
      { what: 'until the last of them is back', unit: 's', target: { atMost: 15 }, figures: kith.map(r => r.seconds) },
      { what: 'of them recovered', unit: '', target: { atLeast: HERD }, figures: kith.map(r => r.recovered) },
    ],
  }
}
