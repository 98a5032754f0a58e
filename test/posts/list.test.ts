import anyTest from 'ava'
import type { Data } from '../../client/index.ts'
import { befriend } from '../friends/support/befriend.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

type Posts = Data<'post:list'>

async function* pages(viewer: Person, author: Person, limit: number): AsyncGenerator<Posts['items']> {
  for (let cursor: string | null | undefined = undefined; cursor !== null;) {
    const page: Posts = await viewer.call('post:list', {
      authorId: author.id,
      limit,
      ...(cursor && { cursor }),
    })
    yield page.items
    cursor = page.nextCursor
  }
}

test('a person’s posts come newest first, in pages without a gap or a repeat, while they write on', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  await befriend(ada, bob)
  const written: string[] = []
  for (let n = 0; n < 23; n++) {
    const visibility = (['public', 'friends', 'private'] as const)[n % 3]
    const { id } = await ada.call('post:create', { text: `post ${n}`, ...(visibility && { visibility }) })
    if (visibility !== 'private') written.unshift(id)
  }
  const seen: string[] = []
  for await (const items of pages(bob, ada, 5)) {
    seen.push(...items.map(({ id }) => id))
    await ada.call('post:create', { text: 'meanwhile' })
  }
  t.deepEqual(seen, written)
})

test('a stranger pages through what is public, and sees no hole where the rest is', async t => {
  const [ada, eve] = await t.context.cast('Ada', 'Eve')
  for (let n = 0; n < 12; n++)
    await ada.call('post:create', { text: `post ${n}`, visibility: n % 3 === 0 ? 'public' : 'friends' })
  const sizes: number[] = []
  for await (const items of pages(eve, ada, 2)) sizes.push(items.length)
  t.deepEqual(sizes, [2, 2])
})

test('the list of somebody who never was is empty, as is that of somebody who wrote nothing', async t => {
  const [ada, bob] = await t.context.cast('Ada', 'Bob')
  const empty = { items: [], nextCursor: null, links: [] }
  t.deepEqual(await ada.call('post:list', { authorId: bob.id }), empty)
  t.deepEqual(await ada.call('post:list', { authorId: crypto.randomUUID() as never }), empty)
  t.is((await ada.refused('post:list', { authorId: bob.id, cursor: 'x' })).reason, 'invalid')
})
