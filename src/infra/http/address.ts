import type { IncomingMessage } from 'node:http'
import { isIPv6, SocketAddress } from 'node:net'

/**
 * The address a request came from. Behind `trustedHops` proxies it is the one the outermost of them saw: counted from
 * the right, because whatever stands further left was written by the client.
 */
export function addressOf(request: IncomingMessage, trustedHops: number): string {
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map(address => address.trim())
  const seen = trustedHops > 0 ? (forwarded.at(-trustedHops) ?? '') : ''
  return networkOf(ipOf(seen) ?? ipOf(request.socket.remoteAddress ?? '') ?? 'unknown')
}

/** An IP address in its one spelling, without what some proxies add: a port, brackets, a zone. Null for what is none. */
function ipOf(text: string): string | null {
  const bare = text.replace(/%.*$/, '')
  const { address } = SocketAddress.parse(isIPv6(bare) ? `[${bare}]` : bare) ?? {}
  return address?.replace(/^::ffff:(?=\d+\.)/, '') ?? null
}

/** IPv4 as it is; of IPv6 the /64, which is what one household or phone is given. */
function networkOf(ip: string): string {
  if (!isIPv6(ip)) return ip
  const [head = '', tail] = ip.split('::')
  const left = head.split(':').filter(Boolean)
  const right = (tail ?? '').split(':').filter(Boolean)
  const groups =
    tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
  return `${groups.slice(0, 4).join(':')}::/64`
}
