import { randomBytes } from 'node:crypto'
import { command } from '../../../kernel/command.ts'
import { Invalid } from '../../../kernel/failure.ts'
import { perHour } from '../../../kernel/limit.ts'
import type { UserCtx } from '../../../kernel/scope.ts'
import { dictionary, id, instant, integer, list, oneOf, shape, url, type Infer } from '../../../kernel/shape.ts'
import { holdOwnAccount } from '../../accounts/policy.ts'
import { NoRecordings, TooManyUploads, UploadsSpent } from '../failures.ts'
import { CONTENT_TYPES, DAILY_BYTES, kindOf, MAX_BYTES, RESUMABLE_BYTES } from '../kinds.ts'
import { Media, type MediaId } from '../model.ts'

const UPLOAD_SECONDS = 600
const UNFINISHED_MAX = 10
const UPLOADS = perHour(60)
const MINUTE_MS = 60_000
const DAY_MS = 1440 * MINUTE_MS

const FileToSend = shape({
  contentType: oneOf(...CONTENT_TYPES),
  bytes: integer({ min: 1, max: Math.max(...Object.values(MAX_BYTES)) }),
})
type FileToSend = Infer<typeof FileToSend>

export const signUpload = command('upload:sign', {
  about:
    'Gives the right to upload files: send exactly these requests, then `upload:complete` each. A `POST` begins an upload that may ' +
    'break off and go on, as Google Cloud Storage has it: put the bytes to the `Location` it answers. A picture may have 10 MB, ' +
    'a sound 20 MB, a video 100 MB; a person may have 10 unfinished, and ask for 60 an hour and 1 GB a day.',
  auth: 'user',
  access: 'write',
  limits: { caller: UPLOADS },
  http: '/v1/uploads',
  input: shape({ files: list(FileToSend, { min: 1, max: 10 }) }),
  ack: shape({
    uploads: list(
      shape({ mediaId: id<MediaId>(), method: oneOf('PUT', 'POST'), url: url({ max: 4096 }), headers: dictionary() }),
      { max: 10 },
    ),
    /** Until then an upload must begin. */
    expiresAt: instant(),
  }),
  async prepare({ actor, ports }, { files }) {
    refuseOthers(files, ports.recordings.able)
    await ports.pace.spend(...files.map(() => ({ key: `upload:file:${actor.id}`, rates: UPLOADS })))
    return Promise.all(
      files.map(async ({ contentType, bytes }) => {
        const uploadKey = `uploads/${randomBytes(24).toString('base64url')}`
        const rule = { contentType, maxBytes: bytes, seconds: UPLOAD_SECONDS, resumable: bytes > RESUMABLE_BYTES }
        const row = { ownerId: actor.id, kind: kindOf(contentType), uploadKey, contentType, bytes }
        return { row, request: await ports.blobs.signUpload(uploadKey, rule) }
      }),
    )
  },
  async run(ctx, { files }, signed) {
    await holdOwnAccount(ctx) // two devices at once count one after the other
    await refuseTooMuch(ctx, files)
    const media = await Media.query(ctx.db)
      .insert(signed.map(({ row }) => row))
      .returning(['id', 'uploadKey'])
    const idOf = new Map(media.map(({ id, uploadKey }) => [uploadKey, id]))
    return {
      uploads: signed.map(({ row, request }) => ({ mediaId: idOf.get(row.uploadKey) as MediaId, ...request })),
      expiresAt: new Date(ctx.now.getTime() + UPLOAD_SECONDS * 1000).toISOString(),
    }
  },
})

function refuseOthers(files: readonly FileToSend[], takesRecordings: boolean): void {
  const fields = files.flatMap(({ contentType, bytes }, index) => {
    const most = MAX_BYTES[kindOf(contentType)]
    return bytes > most ? [[`files.${index}.bytes`, `must be at most ${most} for ${contentType}`]] : []
  })
  if (fields.length > 0) throw Invalid({ fields: Object.fromEntries(fields) as Record<string, string> })
  if (!takesRecordings && files.some(({ contentType }) => kindOf(contentType) !== 'image')) throw NoRecordings()
}

async function refuseTooMuch({ db, actor, now }: UserCtx, files: readonly FileToSend[]): Promise<void> {
  const own = () => Media.query(db).where({ ownerId: actor.id })
  const unfinished = await own()
    .where(q => {
      q.where({ status: 'processing' }).orWhere(q => {
        q.where({ status: 'awaiting' }).where('createdAt', '>', new Date(now.getTime() - 60 * MINUTE_MS))
      })
    })
    .resultSize()
  if (unfinished + files.length > UNFINISHED_MAX) throw TooManyUploads()
  const today = (await own()
    .where('createdAt', '>', new Date(now.getTime() - DAY_MS))
    .sum('bytes as bytes')
    .min('createdAt as since')
    .first()) as unknown as { readonly bytes: string | null; readonly since: Date | null }
  const asked = files.reduce((sum, { bytes }) => sum + bytes, Number(today.bytes ?? 0))
  const retryAfterMs = (today.since?.getTime() ?? now.getTime()) + DAY_MS - now.getTime()
  if (asked > DAILY_BYTES) throw UploadsSpent({ retryAfterMs })
}
