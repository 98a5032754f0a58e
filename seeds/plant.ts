/** Makes the demo world, in a process of its own: what drawing takes is given back, and the environment is its own too. */
import { setTimeout } from 'node:timers/promises'
import { User } from '../src/domains/accounts/model.ts'
import { e164 } from '../src/domains/accounts/contact.ts'
import { kept } from '../src/domains/accounts/keeping.ts'
import { Comment } from '../src/domains/comments/model.ts'
import { Friendship } from '../src/domains/friends/model.ts'
import { RenderMedia } from '../src/domains/media/jobs.ts'
import { Media } from '../src/domains/media/model.ts'
import { Notification } from '../src/domains/notifications/model.ts'
import { Post, PostMedia } from '../src/domains/posts/model.ts'
import { Profile } from '../src/domains/profiles/model.ts'
import type { App } from '../src/kernel/app.ts'
import type { Blobs } from '../src/kernel/media.ts'
import type { Vault } from '../src/kernel/ports.ts'
import { inScope, type Ctx } from '../src/kernel/scope.ts'
import { buildApp } from '../src/main/app.ts'
import { readConfig } from '../src/main/config.ts'
import { paint } from './pictures.ts'
import { comments, friendships, media, notifications, postMedia, posts, profiles, users } from './rows.ts'

const LOOK_EVERY_MS = 100
const RENDERED_WITHIN_MS = 30_000

try {
  const config = readConfig()
  if (config.production) throw new Error('The demo world is not for production')
  await using built = await buildApp(config, 'worker')
  const { app } = built
  const originals = await upload(app.ports.blobs)
  await inScope(app, { actor: null }, ctx => write(ctx, originals))
  await rendered(app)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

type Original = Awaited<ReturnType<typeof upload>>[number]

/** Paints every picture and stores it where a phone would have put it. Without its row an object is only litter. */
function upload(blobs: Blobs) {
  return Promise.all(
    media.map(async ({ picture, ...row }) => {
      const body = await paint(row.uploadKey, picture)
      await blobs.write(row.uploadKey, body, 'image/jpeg')
      const { generation = null } = (await blobs.stat(row.uploadKey)) ?? {}
      const known = { kind: 'image', contentType: 'image/jpeg', bytes: body.length, generation } as const
      return { ...row, ...known, status: 'processing' as const, attachedAt: row.createdAt }
    }),
  )
}

/** Writes all rows and asks for the renditions, in the one transaction of `ctx`. */
async function write(ctx: Ctx, originals: readonly Original[]): Promise<void> {
  const { db } = ctx
  await User.query(db).insert(users.map(user => sealed(ctx.ports.vault, user)))
  await Profile.query(db).insert(profiles)
  await Friendship.query(db).insert(friendships)
  await Media.query(db).insert([...originals])
  await Post.query(db).insert(posts)
  await PostMedia.query(db).insert(postMedia)
  await Comment.query(db).insert(comments)
  for (const [person, theirs] of Map.groupBy(notifications, ({ userId }) => userId)) {
    await ctx.actFor(person)
    await Notification.query(db).insert(theirs)
  }
  for (const { id } of originals) ctx.enqueue(RenderMedia, { mediaId: id })
}

function sealed(vault: Vault, { phone, ...user }: (typeof users)[number]) {
  const contact = { kind: 'phone', value: e164(phone) } as const
  return { ...user, ...kept(vault, user.id, contact), phoneVerifiedAt: user.createdAt }
}

/** Waits until the worker has made the pictures ready: nobody is told of it who is not their owner. */
async function rendered({ db }: App): Promise<void> {
  const until = Date.now() + RENDERED_WITHIN_MS
  while (Date.now() < until) {
    const waiting = await Media.query(db).where({ status: 'processing' }).resultSize()
    if (waiting === 0) return
    await setTimeout(LOOK_EVERY_MS)
  }
}
