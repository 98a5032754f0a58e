import { slice } from '../../kernel/app.ts'
import { failure } from '../../kernel/failure.ts'

export const NoSuchRoute = failure('not_found', 'route', 'There is nothing here')
export const WrongMethod = failure('not_found', 'method', 'There is nothing here for this method')
export const NotJson = failure('bad_request', 'not_json', 'Send JSON, as application/json')
export const TooLarge = failure('bad_request', 'too_large', 'A body may have 64 KiB')
export const CrossSite = failure('forbidden', 'cross_site', 'Only our own pages may do this')
export const NotReady = failure('internal', 'not_ready', 'Not ready')

/** What only the HTTP API refuses. */
export const http = slice({ failures: [NoSuchRoute, WrongMethod, NotJson, TooLarge, CrossSite, NotReady] })
