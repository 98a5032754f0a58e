import { command } from '../../../kernel/command.ts'
import { perMinute } from '../../../kernel/limit.ts'
import { page, pageInput, pageOf } from '../../../kernel/page.ts'
import type { UserId } from '../../../kernel/scope.ts'
import { extended, optional, shape, text, token } from '../../../kernel/shape.ts'
import { linksInput } from '../../media/links.ts'
import { linksToPictures } from '../pictures.ts'
import { peopleToSee } from '../policy.ts'
import { search, type Found } from '../searching.ts'
import { ProfileLinks, ProfileWire, toWire } from '../wire.ts'

const CURSOR = /^\d{1,4}\.[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/
const cursorOf = ({ place, userId }: Found) => `${place}.${userId}`
function foundAt(cursor: string): Found {
  const [place, userId] = cursor.split('.')
  return { place: Number(place), userId: userId as UserId }
}

export const searchProfiles = command('profile:search', {
  about: 'Finds people by a username or displayName that is like, or has a word that begins with, what was typed.',
  auth: 'user',
  access: 'read',
  limits: { caller: perMinute(30), address: perMinute(120) },
  input: shape({
    query: text({ min: 2, max: 100 }),
    limit: pageInput.limit,
    cursor: optional(token(CURSOR, 'one that a page gave')),
    ...linksInput,
  }),
  ack: extended(page(ProfileWire), { links: ProfileLinks }),
  async run(ctx, { query, limit = 20, cursor, dataSaver }) {
    const found = await search(ctx, query, limit + 1, cursor ? foundAt(cursor) : null)
    const { items, nextCursor } = pageOf(found, limit, each => each, cursorOf)
    const ids = items.map(({ userId }) => userId)
    const people = await peopleToSee(ctx, ids)
    return { items: people.map(toWire), nextCursor, links: await linksToPictures(ctx, people, dataSaver) }
  },
})
