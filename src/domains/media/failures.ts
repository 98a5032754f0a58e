import { failure } from '../../kernel/failure.ts'

export const NoMedia = failure('not_found', 'media', 'There is no such photo, video or sound')
export const MediaNotReady = failure('conflict', 'media_not_ready', 'This is not ready yet')
export const MediaTaken = failure('conflict', 'media_taken', 'This has been put into something already')
export const NotUploaded = failure('conflict', 'not_uploaded', 'The file is not there yet; upload it first')
export const TooManyUploads = failure('conflict', 'too_many_uploads', 'Finish some uploads first')
export const UploadsSpent = failure('rate_limited', 'uploads_spent', 'You have uploaded as much as one may in a day')
export const NoRecordings = failure('bad_request', 'no_recordings', 'This server takes no videos and no sounds')
