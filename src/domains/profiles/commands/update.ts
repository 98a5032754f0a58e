import { isDeepStrictEqual } from 'node:util'
import { command } from '../../../kernel/command.ts'
import { perHour } from '../../../kernel/limit.ts'
import { extended } from '../../../kernel/shape.ts'
import { linksInput } from '../../media/links.ts'
import { Stale } from '../failures.ts'
import { ProfileForm, tidied } from '../form.ts'
import { changePictures, linksToPictures } from '../pictures.ts'
import { personToChange } from '../policy.ts'
import { change } from '../changing.ts'
import { changeableTo } from '../usernames.ts'
import { LinkedProfile, toWire } from '../wire.ts'

export const updateProfile = command('profile:update', {
  about:
    'Changes one’s own profile; what is left out stays as it is. With a `version`, only if that is still the current one. ' +
    'A displayName has at most 50 characters; it is kept in NFC, with single spaces, and none around it. An avatar or cover is ' +
    'one’s own photo that is in nothing else; the one before is deleted.',
  auth: 'user',
  access: 'write',
  limits: { caller: perHour(20) },
  input: extended(ProfileForm, linksInput),
  ack: LinkedProfile,
  async run(ctx, { version, avatar, cover, dataSaver, ...given }) {
    const words = tidied(given, ctx.now)
    const me = await personToChange(ctx)
    const before = toWire(me)
    if (version !== undefined && version !== before.version) throw Stale()
    const pictures = await changePictures(ctx, me.profile, {
      ...(avatar !== undefined && { avatar }),
      ...(cover !== undefined && { cover }),
    })
    const isSame = Object.keys(pictures).length === 0 && isDeepStrictEqual({ ...before, ...words }, before)
    if (isSame) return { ...before, links: await linksToPictures(ctx, [me], dataSaver) }
    const { username = before.username } = words
    if (username !== null && username !== before.username) await changeableTo(ctx, before.username, username)
    const { seen, wire } = await change(ctx, me, { ...words, ...pictures })
    return { ...wire, links: await linksToPictures(ctx, [seen], dataSaver) }
  },
})
