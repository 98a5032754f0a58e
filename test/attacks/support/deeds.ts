import { randomBytes, randomInt } from 'node:crypto'
import type { CommandName, Data, Input } from '../../../client/index.ts'
import { put, readyPhoto, type Signed } from '../../media/support/upload.ts'
import { newPhone } from '../../sessions/support/phone.ts'
import { messagesTo, signUp, type Person } from '../../support/person.ts'
import { makePhoto } from '../../support/photo.ts'
import { keepAccount } from './account-deeds.ts'
import type { Canary } from './canaries.ts'

/** What people do, on which servers, and what of it is private. */
export interface Deeds {
  readonly urls: readonly [string, string]
  readonly env: NodeJS.ProcessEnv
  readonly canaries: Canary[]
  readonly people: Person[]
  /** The commands that were done well. */
  readonly done: Set<string>
}

export interface Company {
  readonly ada: Person
  readonly bob: Person
  readonly postId: Data<'post:create'>['id']
}

/** Where the log keeps what it tells, and what was answered to who might ask again. */
export const LOG = ['outbox', 'event_log', 'stream', 'remembered_acks']

export function canary({ canaries }: Deeds, what: string, keptIn: readonly string[], text = oddity()): string {
  canaries.push({ what, text, keptIn })
  return text
}
const oddity = () => `zq${randomBytes(8).toString('hex')}`

async function somebody(deeds: Deeds, name: string, url: string): Promise<Person> {
  const phone = newPhone()
  canary(deeds, `the phone of ${name}`, [], phone.slice(3))
  const displayName = canary(deeds, `the name of ${name}`, ['profiles', ...LOG], `${oddity()}@mail.example`)
  const person = await signUp({ name: displayName, url, inbox: deeds.env.SMS_ENDPOINT ?? '', phone })
  deeds.people.push(person)
  for (const command of ['code:request', 'session:start', 'profile:update']) deeds.done.add(command)
  return person
}

/** Notes what a person has proved themselves with. */
async function noteSecrets(deeds: Deeds, { client, phone }: Person): Promise<void> {
  const tokens = await client.auth.tokens()
  canary(deeds, 'an access token', [], tokens?.accessToken)
  canary(deeds, 'a refresh token', [], tokens?.refreshToken?.split('.').at(-1))
  const texts = await messagesTo(deeds.env.SMS_ENDPOINT ?? '', phone)
  for (const { text } of texts) canary(deeds, 'a code', [], /\d{6}/.exec(text)?.[0])
}

/** Every command there is, as it should be. */
export async function doWell(deeds: Deeds): Promise<Company> {
  const [ada, bob] = [await somebody(deeds, 'Ada', deeds.urls[0]), await somebody(deeds, 'Bob', deeds.urls[1])]
  const does = async <N extends CommandName>({ call }: Person, name: N, input: Input<N>) => {
    const data = await call(name, input)
    deeds.done.add(name)
    return data
  }
  for (const person of [ada, bob]) await noteSecrets(deeds, person)
  await ada.client.auth.accessToken(true)
  deeds.done.add('session:refresh')
  await noteSecrets(deeds, ada)
  await does(ada, 'session:renew', { accessToken: (await ada.client.auth.accessToken()) ?? '' })
  await does(ada, 'session:list', {})
  await does(ada, 'activity:list', {})
  await does(ada, 'device:register', {
    token: canary(deeds, 'a device token', ['devices'], `boom-${oddity()}`),
    platform: 'ios',
  })

  const bio = canary(deeds, 'a bio', ['profiles', ...LOG])
  await does(ada, 'profile:update', { bio, username: `u${randomInt(1e9)}` })
  const { username } = await does(bob, 'profile:get', { userId: ada.id })
  await does(bob, 'profile:find', { username: username ?? '' })
  await does(bob, 'profile:list', { userIds: [ada.id] })
  await does(bob, 'profile:search', { query: canary(deeds, 'what was searched for', []) })
  await does(bob, 'profile:check_username', { username: `u${randomInt(1e9)}` })
  await does(bob, 'profile:view', { userId: ada.id })

  await does(ada, 'block:create', { userId: bob.id })
  await does(ada, 'block:list', {})
  await does(ada, 'block:remove', { userId: bob.id })
  await does(ada, 'friend:request', { userId: bob.id })
  await does(bob, 'friend:decline', { userId: ada.id })
  await does(bob, 'friend:request', { userId: ada.id })
  await does(ada, 'friend:accept', { userId: bob.id })
  await does(ada, 'friend:remove', { userId: bob.id })
  await does(ada, 'friend:request', { userId: bob.id })
  await does(bob, 'friend:accept', { userId: ada.id })
  await does(ada, 'friend:list', {})

  const photo = await makePhoto({ width: 640, height: 480 })
  canary(deeds, 'who took a photo', [], 'Jane Q. Private')
  canary(deeds, 'the camera of a photo', [], 'SN-0042')
  const { uploads } = await does(ada, 'upload:sign', {
    files: [photo, photo].map(({ length }) => ({ contentType: 'image/jpeg' as const, bytes: length })),
  })
  const [signed, unwanted] = uploads as [Signed, Signed]
  await does(ada, 'media:remove', { mediaId: unwanted.mediaId })
  const signature = new URL(signed.url).searchParams.get('X-Goog-Signature') ?? ''
  canary(deeds, 'the signature of a link', ['remembered_acks'], signature)
  await put(signed, photo)
  await does(ada, 'upload:complete', { mediaId: signed.mediaId })
  await ada.next('media:ready')
  await does(ada, 'media:get', { mediaId: signed.mediaId })
  await does(ada, 'storage:get', {})
  const face = await readyPhoto(ada)
  const { links } = await does(ada, 'profile:update', { avatar: face })
  const right = new URL(links[0]?.url ?? '', 'http://kith').searchParams.get('s') ?? ''
  canary(deeds, 'the signature of a link to a photo', ['remembered_acks'], right)

  const text = canary(deeds, 'a post', ['posts', ...LOG])
  const altText = canary(deeds, 'the name of a photo', ['post_media', ...LOG])
  const { id: postId } = await does(ada, 'post:create', { text, media: [{ mediaId: signed.mediaId, altText }] })
  await does(bob, 'post:get', { postId })
  await does(bob, 'post:links', { postIds: [postId] })
  await does(bob, 'post:list', { authorId: ada.id })
  await does(bob, 'room:join', { kind: 'post', id: postId })
  await does(bob, 'typing:set', { postId, typing: true })
  const comment = canary(deeds, 'a comment', ['comments', ...LOG])
  await does(bob, 'comment:create', { postId, text: comment })
  await does(ada, 'comment:list', { postId })
  await ada.next('notification:created')
  await does(ada, 'notification:list', {})
  await does(ada, 'notification:read_all', {})
  const gone = await does(bob, 'comment:create', {
    postId,
    text: canary(deeds, 'a deleted comment', ['comments', ...LOG]),
  })
  await does(bob, 'comment:delete', { commentId: gone.id })
  const lost = await does(ada, 'post:create', { text: canary(deeds, 'a deleted post', ['posts', ...LOG]) })
  await does(ada, 'post:delete', { postId: lost.id })
  await does(bob, 'room:leave', { kind: 'post', id: postId })
  await does(ada, 'presence:list', {})
  await does(ada, 'settings:get', {})
  await does(ada, 'settings:update', { privacy: { showActivityStatus: false } })
  await keepAccount(deeds)
  return { ada, bob, postId }
}
