import anyTest from 'ava'
import { signUp } from '../support/person.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a post is for friends unless its author says otherwise', async t => {
  const [ada] = await t.context.cast('Ada')
  const post = await ada.call('post:create', { text: 'hello' })
  t.like(post, { authorId: ada.id, text: 'hello', visibility: 'friends', media: [], commentCount: 0, version: 1 })
  t.deepEqual((await ada.call('post:get', { postId: post.id })).post, post)
})

test('a post with neither text nor photo is refused, and nobody hears of it', async t => {
  const [ada] = await t.context.cast('Ada')
  for (const input of [{}, { text: '' }, { text: ' \n\t' }, { text: '', media: [] }])
    t.like(await ada.refused('post:create', input), { code: 'bad_request', reason: 'empty_post' })
  for (const input of [{ text: 'x'.repeat(5001) }, { text: 'a\0' }, { text: 'x', visibility: 'everyone' as never }])
    t.is((await ada.refused('post:create', input)).reason, 'invalid')
  t.deepEqual(await ada.hearsAll(), [])
  t.is((await t.context.db('posts').where({ author_id: ada.id })).length, 0)
})

test('a post is kept as it was written', async t => {
  const [ada] = await t.context.cast('Ada')
  const text = '  <b>Grüße</b> 👩‍👩‍👧 \u202eabc\n'
  t.is((await ada.call('post:create', { text })).text, text)
  t.is((await ada.call('post:create', { text: '👋'.repeat(5000) })).text.length, 10_000)
})

for (const visibility of ['public', 'friends', 'private'] as const)
  test(`a ${visibility} post is heard on the author’s other device, on another node`, async t => {
    const { urls, env } = t.context
    const [ada] = await t.context.cast('Ada')
    const laptop = await signUp({ name: 'Ada', phone: ada.phone, url: urls[1], inbox: env.SMS_ENDPOINT ?? '' })
    t.teardown(() => laptop.client.close())
    const post = await ada.call('post:create', { text: visibility, visibility })
    t.deepEqual(await laptop.next('post:created'), post)
    await ada.call('post:delete', { postId: post.id })
    t.is((await laptop.next('post:deleted')).id, post.id)
  })
