import { accounts } from '../domains/accounts/index.ts'
import { activities } from '../domains/activities/index.ts'
import { blocks } from '../domains/blocks/index.ts'
import { comments } from '../domains/comments/index.ts'
import { friends } from '../domains/friends/index.ts'
import { identity } from '../domains/identity/index.ts'
import { media } from '../domains/media/index.ts'
import { notifications } from '../domains/notifications/index.ts'
import { posts } from '../domains/posts/index.ts'
import { presence } from '../domains/presence/index.ts'
import { profiles } from '../domains/profiles/index.ts'
import { sessions } from '../domains/sessions/index.ts'
import { settings } from '../domains/settings/index.ts'
import { http } from '../infra/http/failures.ts'
import { rooms } from '../kernel/seat.ts'

/** Lowest first: a slice may import only from those above it in this list. */
export const domains = {
  accounts,
  activities,
  sessions,
  identity,
  settings,
  friends,
  blocks,
  media,
  profiles,
  posts,
  comments,
  presence,
  notifications,
}

/** All that is declared: entering rooms, which is the same for every kind, what HTTP alone refuses, and the slices. */
export const slices = [rooms, http, ...Object.values(domains)] as const
