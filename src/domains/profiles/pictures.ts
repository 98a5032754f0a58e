/** The pictures of a profile: the avatar everybody sees who meets a person, and the cover for whom they are open to. */
import type { Knex } from 'knex'
import type { PartialModelObject } from 'objection'
import type { UserCtx } from '../../kernel/scope.ts'
import { linksTo } from '../media/links.ts'
import { Media, type MediaId } from '../media/model.ts'
import { replaceMedia } from '../media/policy.ts'
import type { MediaLinks } from '../media/wire.ts'
import { NotAPicture } from './failures.ts'
import type { Profile } from './model.ts'
import type { Seen } from './wire.ts'

/** Which pictures somebody wants; null for none, and nothing for those they have. */
export interface WantedPictures {
  readonly avatar?: MediaId | null
  readonly cover?: MediaId | null
}

const COLUMNS = { avatar: 'avatarMediaId', cover: 'coverMediaId' } as const
type Place = keyof typeof COLUMNS

type Unpictured = Omit<Seen, 'avatar' | 'cover'>

/** The only place that knows who sees which picture. */
const shownOf = ({ sight, profile }: Unpictured) => ({
  avatar: profile?.avatarMediaId ?? null,
  cover: sight === 'head' ? null : (profile?.coverMediaId ?? null),
})

/** People with such of their pictures as whoever looks may see, read in one query. */
export async function allPictured(db: Knex, people: readonly Unpictured[]): Promise<Seen[]> {
  const ids = people.flatMap(person => Object.values(shownOf(person)).flatMap(id => id ?? []))
  const media = ids.length > 0 ? await Media.query(db).findByIds(ids) : []
  const mediaOf = new Map<MediaId | null, Media>(media.map(each => [each.id, each]))
  return people.map(person => {
    const { avatar, cover } = shownOf(person)
    return { ...person, avatar: mediaOf.get(avatar), cover: mediaOf.get(cover) }
  })
}

export const pictured = async (db: Knex, person: Unpictured): Promise<Seen> =>
  (await allPictured(db, [person]))[0] as Seen

/** Links to the pictures that somebody sees of these people. */
export const linksToPictures = (ctx: UserCtx, people: readonly Seen[], dataSaver?: boolean): Promise<MediaLinks[]> =>
  linksTo(
    ctx,
    people.flatMap(({ avatar, cover }) => [avatar, cover].flatMap(media => media ?? [])),
    dataSaver,
  )

/** Puts one’s own new pictures in their places and lets go of those before; answers what is to be written. */
export async function changePictures(
  ctx: UserCtx,
  profile: Profile | undefined,
  wanted: WantedPictures,
): Promise<PartialModelObject<Profile>> {
  const places = (Object.keys(COLUMNS) as Place[]).filter(place => {
    const id = wanted[place]
    return id !== undefined && id !== (profile?.[COLUMNS[place]] ?? null)
  })
  if (places.length === 0) return {}
  const attached = await replaceMedia(
    ctx,
    places.flatMap(place => profile?.[COLUMNS[place]] ?? []),
    places.flatMap(place => wanted[place] ?? []),
  )
  for (const place of places) {
    const media = attached.find(({ id }) => id === wanted[place])
    if (media && media.kind !== 'image') throw NotAPicture({ fields: { [place]: `${place} must be a picture` } })
  }
  return Object.fromEntries(places.map(place => [COLUMNS[place], wanted[place]]))
}
