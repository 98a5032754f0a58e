import anyTest from 'ava'
import { createClient, memoryStore, type Client, type Ready } from '../../client/index.ts'
import { befriend } from '../friends/support/befriend.ts'
import type { Occurrence } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'
import { keepsPosting } from './support/author.ts'

const test = anyTest as WorldTest
withWorld(test)

const ROUNDS = 8

test('whoever goes and comes back, to either node, has all of it once and in order while others go on writing', async t => {
  const [bob, ...friends] = await t.context.cast('Bob', 'Ada', 'Cara', 'Dan')
  for (const friend of friends) await befriend(friend, bob)
  await bob.hearsAll()
  const store = memoryStore()
  await store.save(await bob.client.auth.tokens())
  let cursor = bob.client.cursor()
  bob.client.close()

  const heard: Occurrence[] = []
  const hear: Parameters<Client['onAny']>[0] = (name, payload, { pos, replayed }) => {
    if (pos !== null) heard.push({ name, payload, pos, replayed })
  }
  const states: Ready[] = []
  const authors = friends.map(author => keepsPosting(author))
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(authors.map(author => author.writes(3))) // while he is away
    const client = createClient({
      url: t.context.urls[round % 2] as string,
      store,
      ...(cursor !== null && { cursor }),
    })
    client.onAny(hear)
    states.push(await client.connect())
    await Promise.all(authors.map(author => author.writes(3)))
    cursor = client.cursor()
    client.close()
  }
  const written = new Set((await Promise.all(authors.map(author => author.stop()))).flat())
  const last = createClient({ url: t.context.urls[0], store, ...(cursor !== null && { cursor }) })
  last.onAny(hear)
  states.push(await last.connect())
  last.close()

  t.true(states.every(({ recovered, reason }) => recovered && reason === 'resumed'))
  const posts = heard.filter(({ name }) => name === 'post:created')
  t.deepEqual(posts.map(({ payload }) => (payload as { id: string }).id).toSorted(), [...written].toSorted())
  t.true(heard.every(({ pos }, i) => i === 0 || pos > (heard[i - 1]?.pos ?? 0)))
  t.true(posts.filter(({ replayed }) => replayed).length >= ROUNDS * 3)
  t.true(posts.some(({ replayed }) => !replayed))
})
