import type { CommentId } from '../src/domains/comments/model.ts'
import { pairOf } from '../src/domains/friends/model.ts'
import type { MediaId } from '../src/domains/media/model.ts'
import type { Notification, NotificationId } from '../src/domains/notifications/model.ts'
import type { PostId } from '../src/domains/posts/model.ts'
import type { UserId } from '../src/kernel/scope.ts'
import { idOf } from './ids.ts'
import { stories } from './stories.ts'
import { friends, people, requests, type Asking, type Story, type Username } from './world.ts'

const usernames = Object.keys(people) as Username[]
const MINUTE = 60_000
const ANSWERED_AFTER = 120
/** What happened since is unread. */
const LAST_LOOK = new Date('2026-10-29T00:00Z')

const later = (at: Date, minutes: number) => new Date(at.getTime() + minutes * MINUTE)
/** A row made at this time, and never changed since. */
const since = (at: Date) => ({ createdAt: at, updatedAt: at })
const idOfUser = (username: Username) => idOf(`user/${username}`, new Date(people[username].joined)) as UserId

export const firstUserId = idOfUser('ada')

export const users = usernames.map(username => {
  const { phone, joined } = people[username]
  return { id: idOfUser(username), phone, ...since(new Date(joined)) }
})

export const profiles = usernames.map(username => {
  const { name, bio, joined } = people[username]
  return { userId: idOfUser(username), username, displayName: name, bio, ...since(new Date(joined)) }
})

function friendshipOf([from, to, day]: Asking, status: 'pending' | 'accepted') {
  const at = new Date(day)
  const acceptedAt = status === 'accepted' ? later(at, ANSWERED_AFTER) : null
  const [asker, asked] = [idOfUser(from), idOfUser(to)]
  return {
    ...pairOf(asker, asked),
    requestedBy: asker,
    status,
    acceptedAt,
    createdAt: at,
    updatedAt: acceptedAt ?? at,
  }
}
export const friendships = [
  ...friends.map(asking => friendshipOf(asking, 'accepted')),
  ...requests.map(asking => friendshipOf(asking, 'pending')),
]

/** The rows of one post, with everything under it. */
function postOf({ by, at, visibility, text, pictures = [], comments: remarks = [] }: Story) {
  const authorId = idOfUser(by)
  const name = `${by}/${at}`
  const posted = new Date(at)
  const postId = idOf(`post/${name}`, posted) as PostId

  const media = pictures.map((picture, position) => {
    const taken = later(posted, position - pictures.length)
    const id = idOf(`media/${name}/${position}`, taken) as MediaId
    // Known beforehand, so that a start after a crash writes over what the first one left.
    return { id, ownerId: authorId, uploadKey: `uploads/${id}`, picture, ...since(taken) }
  })
  const postMedia = media.map(({ id, picture }, position) => ({
    postId,
    mediaId: id,
    position,
    altText: picture.alt,
  }))
  const comments = remarks.map(({ by, after, text }) => {
    const said = later(posted, after)
    const id = idOf(`comment/${name}/${by}/${after}`, said) as CommentId
    return { id, postId, authorId: idOfUser(by), text, ...since(said) }
  })
  const post = {
    id: postId,
    authorId,
    text,
    visibility,
    commentCount: comments.length,
    version: 1 + comments.length,
    createdAt: posted,
    updatedAt: comments.at(-1)?.createdAt ?? posted,
  }
  return { post, media, postMedia, comments }
}
const told = stories.map(postOf)
export const posts = told.map(({ post }) => post)
export const media = told.flatMap(({ media }) => media)
export const postMedia = told.flatMap(({ postMedia }) => postMedia)
export const comments = told.flatMap(({ comments }) => comments)

type About = Pick<Notification, 'userId' | 'type' | 'actorId' | 'subjectId'> & { readonly postId?: PostId }

function notificationOf(about: About, at: Date) {
  const id = idOf(`notification/${about.userId}/${about.type}/${about.subjectId}`, at) as NotificationId
  const readAt = at < LAST_LOOK ? later(at, 45) : null
  return { id, ...about, pushedAt: at, readAt, createdAt: at, updatedAt: readAt ?? at }
}

/** What the server itself would have told each person. */
export const notifications = [
  ...[...friends, ...requests].map(([from, to, at]) => {
    const asker = idOfUser(from)
    const about = { userId: idOfUser(to), type: 'friend_request', actorId: asker, subjectId: asker } as const
    return notificationOf(about, new Date(at))
  }),
  ...friends.map(([from, to, at]) => {
    const asked = idOfUser(to)
    const about = { userId: idOfUser(from), type: 'friend_accepted', actorId: asked, subjectId: asked } as const
    return notificationOf(about, later(new Date(at), ANSWERED_AFTER))
  }),
  ...told.flatMap(({ post, comments }) =>
    comments
      .filter(({ authorId }) => authorId !== post.authorId)
      .map(({ id, authorId, createdAt }) =>
        notificationOf(
          { userId: post.authorId, type: 'comment', actorId: authorId, subjectId: id, postId: post.id },
          createdAt,
        ),
      ),
  ),
]
