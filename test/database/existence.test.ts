import anyTest from 'ava'
import type { CommandName } from '../../client/index.ts'
import { readyPhoto } from '../media/support/upload.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('what is not for somebody’s eyes is refused them exactly as what does not exist', async t => {
  const [ada, eve] = await t.context.cast('Ada', 'Eve')
  const { id: postId } = await ada.call('post:create', { text: 'Private', visibility: 'private' })
  const { id: commentId } = await ada.call('comment:create', { postId, text: 'Private, too' })
  const mediaId = await readyPhoto(ada)
  const { sessionId } = (await ada.client.auth.tokens()) ?? {}
  const asks: readonly [CommandName, string | undefined, (id: string) => object][] = [
    ['post:get', postId, id => ({ postId: id })],
    ['post:delete', postId, id => ({ postId: id })],
    ['comment:create', postId, id => ({ postId: id, text: 'Is it there?' })],
    ['comment:list', postId, id => ({ postId: id })],
    ['comment:delete', commentId, id => ({ commentId: id })],
    ['typing:set', postId, id => ({ postId: id, typing: true })],
    ['room:join', postId, id => ({ kind: 'post', id })],
    ['media:get', mediaId, id => ({ mediaId: id })],
    ['upload:complete', mediaId, id => ({ mediaId: id })],
    ['post:create', mediaId, id => ({ media: [{ mediaId: id }] })],
    ['session:end', sessionId, id => ({ sessionId: id })],
  ]
  for (const [name, there, input] of asks) {
    const refused = async (id: string) => {
      const { code, reason, message, fields } = await eve.refused(name, input(id))
      return { code, reason, message, fields: JSON.stringify(fields ?? {}).replaceAll(id, 'id') }
    }
    t.deepEqual(await refused(there ?? ''), await refused(crypto.randomUUID()), name)
  }
})
