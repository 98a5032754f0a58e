import type { UserCtx } from '../../kernel/scope.ts'
import { bool, optional } from '../../kernel/shape.ts'
import { savesData } from '../settings/policy.ts'
import type { Media, Rendition } from './model.ts'
import type { MediaLinks } from './wire.ts'

/** What every command takes that gives links; left out, the person's settings decide. */
export const linksInput = { dataSaver: optional(bool()) }

/** The longest edge that is loaded where data is saved. */
const SAVED_EDGE = 640
const isSmall = ({ file, width, height }: Rendition) =>
  Math.max(width ?? 0, height ?? 0) <= SAVED_EDGE && !file.endsWith('-animated.webp')

/** Links to what is ready of these, for someone who has been found to have the right to read them. */
export async function linksTo(ctx: UserCtx, media: readonly Media[], dataSaver?: boolean): Promise<MediaLinks[]> {
  const ready = media.filter(({ status }) => status === 'ready')
  if (ready.length === 0) return []
  const saves = dataSaver ?? (await savesData(ctx))
  return ready.map(({ id, renditions }) => {
    const { template, expiresAt } = ctx.ports.mediaLinks.link(id, ctx.now)
    const chosen = saves ? renditions.filter(isSmall) : renditions
    return { mediaId: id, url: template, expiresAt: expiresAt.toISOString(), renditions: chosen }
  })
}
