import type { Server } from 'node:http'
import type { Context } from 'koa'
import helmet from 'koa-helmet'

const YEAR_SECONDS = 31_536_000
/** What a page made of an answer could ask a browser for: it gets none of it. */
const DENIED = ['camera', 'microphone', 'geolocation', 'display-capture', 'payment', 'publickey-credentials-get', 'usb']
const PERMISSIONS = DENIED.map(feature => `${feature}=()`).join(', ')

const known = helmet({
  strictTransportSecurity: { maxAge: YEAR_SECONDS, includeSubDomains: true },
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"] },
  },
  referrerPolicy: { policy: 'no-referrer' },
  crossOriginResourcePolicy: { policy: 'same-site' },
  crossOriginOpenerPolicy: { policy: 'same-origin' },
})

/**
 * Puts the headers that keep browsers safe on every answer, whoever gives it: the API, or Socket.IO to what is no
 * WebSocket. Said after all who answer have been attached.
 */
export function keepBrowsersSafe(http: Server): void {
  http.prependListener('request', (req, res) => {
    void known({ req, res } as Context, () => Promise.resolve()) // they are set when it returns
    res.setHeader('Permissions-Policy', PERMISSIONS)
    res.setHeader('Cache-Control', 'no-store')
  })
}
