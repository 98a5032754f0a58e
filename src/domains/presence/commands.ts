import { command } from '../../kernel/command.ts'
import { perMinute } from '../../kernel/limit.ts'
import { bool, id, list, shape } from '../../kernel/shape.ts'
import type { PostId } from '../posts/model.ts'
import { postToRead } from '../posts/policy.ts'
import { showsActivity } from '../settings/policy.ts'
import { TypingChanged } from './events.ts'
import { friendsInSight } from './policy.ts'
import { PresentWire, Version } from './wire.ts'

const FRIENDS_MAX = 5000
/** How long somebody types who does not say so again. */
const TYPING_SECONDS = 6
/** Within so many seconds the same is not told again. */
const REPEAT_SECONDS = 3

export const listPresence = command('presence:list', {
  about:
    'Which of one’s friends are here; all others are not, as of `version`. Read it when the connection is ready, and keep what is newer.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(60) },
  input: shape({}),
  ack: shape({ shown: bool(), version: Version, items: list(PresentWire, { max: FRIENDS_MAX }) }),
  async run(ctx) {
    const shown = await showsActivity(ctx.db, ctx.actor.id)
    const friends = shown ? await friendsInSight(ctx.db, ctx.actor.id, FRIENDS_MAX) : []
    const { version, there } = await ctx.ports.presence.of(friends)
    return { shown, version, items: [...there].map(([userId, version]) => ({ userId, version })) }
  },
})

export const setTyping = command('typing:set', {
  about:
    'Tells those who have a post open that one types a comment, or has stopped. Told again within 3 seconds, it is dropped.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(120) },
  input: shape({ postId: id<PostId>(), typing: bool() }),
  ack: shape({}),
  async run(ctx, { postId, typing }) {
    const userId = ctx.actor.id
    await postToRead(ctx, postId)
    if (!(await showsActivity(ctx.db, userId))) return {}
    const isNews = await ctx.ports.pace.take(`typing:${postId}:${userId}:${typing}`, {
      points: 1,
      seconds: REPEAT_SECONDS,
    })
    const seconds = typing ? TYPING_SECONDS : 0
    if (isNews) ctx.emit(TypingChanged, { postId, userId, typing, seconds, version: ctx.now.getTime() })
    return {}
  },
})
