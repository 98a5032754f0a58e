import anyTest from 'ava'
import type { Data } from '../../client/index.ts'
import type { Person } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

/** Signs people up who have these usernames and names. */
async function named({ cast }: World, names: Readonly<Record<string, string>>): Promise<void> {
  for (const [username, name] of Object.entries(names)) {
    const [person] = await cast(name)
    await person.call('profile:update', { username })
  }
}
const namesFor = async (viewer: Person, query: string) =>
  (await viewer.call('profile:search', { query })).items.map(({ username, displayName }) => username ?? displayName)

test('who has the username comes first, then whose begins so, then who has a word or name like it', async t => {
  const [viewer] = await t.context.cast('Viewer')
  await named(t.context, {
    'zoe.quill': 'Zoe',
    'zoe.quillfeather': 'Zoe',
    feather: 'Anna Zoe.quilling',
    'zoe.quilt': 'Somebody',
  })
  const found = await namesFor(viewer, 'zoe.quill')
  t.deepEqual(found.slice(0, 2), ['zoe.quill', 'zoe.quillfeather'])
  t.deepEqual(found.slice(2).toSorted(), ['feather', 'zoe.quilt'])
})

test('a name is found by the beginning of any of its words, by its like, in any case, and in any alphabet', async t => {
  const [viewer, grace, olga] = await t.context.cast('Viewer', 'Grace Brewster Hopper', 'Ольга Ладыженская')
  for (const query of ['gra', 'GRACE', 'hopp', 'brewster hop', 'hoper', 'Grace Hopper'])
    t.deepEqual(await namesFor(viewer, query), [grace.name], query)
  for (const query of ['ольга', 'ЛАДЫ']) t.deepEqual(await namesFor(viewer, query), [olga.name], query)
  t.deepEqual(await namesFor(viewer, 'zzzz'), [])
})

test('signs that a pattern has mean themselves', async t => {
  const [viewer] = await t.context.cast('100% Wool')
  t.deepEqual(await namesFor(viewer, '100%'), ['100% Wool'])
  for (const query of ['%%', '__', '%ool', '\\\\', '@@', "' or 1=1 --", '..'])
    t.deepEqual(await namesFor(viewer, query), [], query)
  for (const query of ['', 'a', ' ', 'x'.repeat(101), 'a\0b'])
    t.is((await viewer.refused('profile:search', { query })).reason, 'invalid', query)
})

test('whom one may not meet is not found, and of a private account no more than the head', async t => {
  const people = await t.context.cast('Quentin A', 'Quentin B', 'Quentin C', 'Quentin D', 'Quentin E')
  const [viewer, blocked, blocker, gone, shy] = people
  await viewer.call('block:create', { userId: blocked.id })
  await blocker.call('block:create', { userId: viewer.id })
  await t.context.db('users').where({ id: gone.id }).update({ status: 'deactivated' })
  await shy.call('profile:update', { bio: 'Hidden' })
  await t.context.db('users').where({ id: shy.id }).update({ is_private: true })

  const { items } = await viewer.call('profile:search', { query: 'quentin' })
  t.deepEqual(items.map(({ userId }) => userId).toSorted(), [viewer.id, shy.id].toSorted())
  const { links: _links, ...alone } = await viewer.call('profile:get', { userId: shy.id })
  t.deepEqual(
    items.find(({ userId }) => userId === shy.id),
    alone,
  )
  t.is(items.find(({ userId }) => userId === shy.id)?.bio, null)
  t.deepEqual(await namesFor(shy, 'hidden'), []) // what is no name is not searched
})

test('pages follow each other without a gap or a repeat', async t => {
  const [viewer] = await t.context.cast('Viewer')
  const ids = Array.from({ length: 23 }, () => crypto.randomUUID())
  await t.context.db('users').insert(ids.map(id => ({ id, phone_sealed: 'none', phone_index: id })))
  await t.context.db('profiles').insert(
    ids.map((user_id, n) => ({
      user_id,
      username: n % 3 === 0 ? `paged${n}` : null,
      display_name: `Paged ${'x'.repeat(n % 5)}`,
    })),
  )
  const whole = (await viewer.call('profile:search', { query: 'paged', limit: 50 })).items
  t.deepEqual(whole.map(({ userId }) => userId as string).toSorted(), ids.toSorted())
  const read = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: Data<'profile:search'> = await viewer.call('profile:search', {
      query: 'paged',
      limit: 4,
      ...(cursor && { cursor }),
    })
    read.push(...page.items)
    cursor = page.nextCursor
  }
  t.deepEqual(read, whole)
  for (const cursor of ['', '1', '1.x', `x.${ids[0]}`, `12345.${ids[0]}`, ids[0] ?? ''])
    t.is((await viewer.refused('profile:search', { query: 'paged', cursor })).reason, 'invalid', cursor)
})
