import { failure } from '../../kernel/failure.ts'

export const NoMedia = failure('not_found', 'media', 'There is no such photo')
export const MediaNotReady = failure('conflict', 'media_not_ready', 'This photo is not ready yet')
export const TooManyUploads = failure('conflict', 'too_many_uploads', 'Finish some uploads first')
