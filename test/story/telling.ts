import assert from 'node:assert/strict'
import { createClient } from '../../client/index.ts'
import { carriesMetadata } from '../support/photo.ts'
import { personOf, signIn, type Person } from '../support/person.ts'

export interface Stage {
  /** Where Bob connects. */
  readonly first: string
  /** Where Ada connects, another process of the same server. */
  readonly second: string
  readonly inbox: string
  readonly firebase: string
  readonly photo: Buffer
  /** Runs one step; the name is what happened when it is done. */
  readonly step: <T>(name: string, work: () => Promise<T>) => Promise<T>
}

const HEAR_MS = 60_000

/** Ada and Bob become friends, share a photo, talk under it, and miss nothing. Throws at the first deviation. */
export async function tell({ first, second, inbox, firebase, photo, step }: Stage): Promise<void> {
  const arrive = async (name: string, phone: string, url: string): Promise<Person> => {
    const client = createClient({ url })
    const tokens = await again(() => signIn(client, phone, inbox))
    const person = personOf({ name, client, phone, tokens, hearMs: HEAR_MS })
    await client.connect()
    await client.call('profile:update', { displayName: name })
    return person
  }
  const [ada, bob, eve] = await step('Ada, Bob and Eve sign in with the codes sent to their phones', () =>
    Promise.all([
      arrive('Ada', '+12025550181', second),
      arrive('Bob', '+12025550182', first),
      arrive('Eve', '+12025550183', first),
    ]),
  )
  try {
    await step('Bob asks Ada to be friends, and she hears of it on the other node', async () => {
      await bob.call('friend:request', { userId: ada.id })
      assert.equal((await ada.next('friend:requested')).fromId, bob.id)
    })
    await step('Ada accepts, and Bob hears of it', async () => {
      await ada.call('friend:accept', { userId: bob.id })
      assert.equal((await bob.next('friend:accepted')).toId, ada.id)
    })
    const phoneToken = `ada-phone-${crypto.randomUUID()}`
    await step('Ada’s phone asks to be woken', () =>
      ada.call('device:register', { token: phoneToken, platform: 'ios' }),
    )

    const mediaId = await step(`Ada uploads a photo of ${(photo.length / 1e6).toFixed(1)} MB`, async () => {
      return ada.client.upload(new Blob([new Uint8Array(photo)], { type: contentTypeOf(photo) }))
    })
    await step('Ada hears of the progress, and that it is ready', async () => {
      await ada.next('media:progressed')
      const { width, height } = await ada.next('media:ready', media => media.id === mediaId)
      const { links } = await ada.call('media:get', { mediaId })
      const whole = links?.renditions.filter(({ file }) => /^\d+\.(webp|jpeg)$/.test(file))
      assert.equal(whole?.length, 2 * sizesOf(Math.max(width ?? 0, height ?? 0)))
    })

    const post = await step('Ada posts it for friends', () =>
      ada.call('post:create', { text: 'From the ridge this morning', media: [{ mediaId }], visibility: 'friends' }),
    )
    await step('Bob hears of the post and fetches its renditions, which hold no metadata', async () => {
      assert.deepEqual(await bob.next('post:created', ({ id }) => id === post.id), post)
      const { links } = await bob.call('post:get', { postId: post.id })
      const files = links.flatMap(link => link.renditions.map(({ file, bytes }) => ({ link, file, bytes })))
      assert.ok(files.length > 0)
      for (const { link, file, bytes } of files) {
        const body = Buffer.from(await (await fetch(bob.client.linkTo(link, file))).arrayBuffer())
        assert.equal(body.length, bytes)
        assert.equal(carriesMetadata(body), false)
      }
    })
    await step('Eve, a stranger, hears nothing and finds nothing', async () => {
      assert.deepEqual(await eve.hearsAll(), [])
      assert.equal((await eve.refused('post:get', { postId: post.id })).code, 'not_found')
    })

    await step('Bob comments, Ada hears it, and her phone shows it', async () => {
      await bob.call('comment:create', { postId: post.id, text: 'Wish I were there' })
      assert.equal((await ada.next('comment:created')).text, 'Wish I were there')
      await ada.next('notification:created', ({ type }) => type === 'comment')
      await pushesOfComments(firebase, phoneToken, 1)
    })
    const before = await step('Ada goes offline', async () => {
      await ada.hearsAll()
      ada.client.close()
      return ada.heard.length
    })
    const { comment, push } = await step('Bob comments again, and Ada’s phone is woken', async () => {
      const comment = await bob.call('comment:create', { postId: post.id, text: 'Still there?' })
      const push = (await pushesOfComments(firebase, phoneToken, 2)).at(-1)
      assert.ok(!JSON.stringify(push).includes(comment.text), 'the push carries what was written')
      return { comment, push }
    })
    await step('Ada returns and is given exactly what she missed', async () => {
      const { recovered } = await ada.client.connect()
      assert.ok(recovered)
      const missed = ada.heard.slice(before)
      assert.deepEqual(
        missed.map(({ name, replayed }) => ({ name, replayed })),
        [
          { name: 'comment:created', replayed: true },
          { name: 'notification:created', replayed: true },
        ],
      )
      assert.deepEqual(missed[0]?.payload, comment)
      assert.equal(
        (await ada.next('notification:created', ({ id }) => id === push?.data.notificationId)).subjectId,
        comment.id,
      )
    })
    await step('Both see the same two comments, each once', async () => {
      for (const person of [ada, bob]) {
        const { items } = await person.call('comment:list', { postId: post.id })
        assert.deepEqual(
          items.map(({ text }) => text),
          ['Still there?', 'Wish I were there'],
        )
      }
      for (const person of [ada, bob, eve]) {
        const positions = person.heard.map(({ pos }) => pos)
        assert.deepEqual(
          positions,
          [...new Set(positions)].toSorted((a, b) => a - b),
          `${person.name} heard out of order or twice`,
        )
      }
    })
  } finally {
    for (const { client } of [ada, bob, eve]) client.close()
  }
}

/** How many sizes a photo comes in: each it is large enough for, and one more for what it has beyond the last. */
const sizesOf = (longestSide: number) => [0, 160, 480, 1080].filter(size => size < longestSide).length

/** What a file is, by its first bytes. */
function contentTypeOf(photo: Buffer) {
  if (photo[0] === 0xff) return 'image/jpeg'
  if (photo[0] === 0x89) return 'image/png'
  if (photo.toString('latin1', 0, 4) === 'RIFF') return 'image/webp'
  return photo.toString('latin1', 0, 3) === 'GIF' ? 'image/gif' : 'image/avif'
}

interface PushMessage {
  readonly data: Readonly<Record<string, string>>
}

/** What the phone was told of comments, once there are `count` of them. */
async function pushesOfComments(firebase: string, token: string, count: number): Promise<PushMessage[]> {
  for (let seen = 0; ;) {
    const query = new URLSearchParams({ token, after: String(seen), waitMs: String(HEAR_MS) })
    const newer = (await (await fetch(`${firebase}/local/messages?${query}`)).json()) as PushMessage[]
    if (newer.length === 0) throw new Error('The phone was not woken')
    const all = (await (await fetch(`${firebase}/local/messages?token=${token}`)).json()) as PushMessage[]
    // A phone shows a repeat in the place of the first, so it counts once.
    const shown = new Map(all.map(push => [push.data.notificationId, push]))
    const comments = [...shown.values()].filter(({ data }) => data.type === 'comment')
    if (comments.length >= count) return comments
    seen = all.length
  }
}

/** A person whose sign-in is interrupted asks for another code. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === 5) throw error
      await new Promise(resolve => setTimeout(resolve, 500 * attempt))
    }
  }
}
