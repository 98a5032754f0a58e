import { failure } from '../../kernel/failure.ts'

export const NoPost = failure('not_found', 'post', 'There is no such post')
export const NotYourPost = failure('forbidden', 'not_your_post', 'Only its author may do that')
export const EmptyPost = failure('bad_request', 'empty_post', 'A post needs text, or a photo, video or sound')
