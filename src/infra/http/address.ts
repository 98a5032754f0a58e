import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'

/**
 * The address a request came from. Behind `trustedHops` proxies it is the one the outermost of them saw: counted from
 * the right, because whatever stands further left was written by the client.
 */
export function addressOf(request: IncomingMessage, trustedHops: number): string {
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map(address => address.trim())
  const direct = request.socket.remoteAddress ?? 'unknown'
  const seen = trustedHops > 0 ? (forwarded.at(-trustedHops) ?? '') : ''
  return canonical(seen || direct)
}

/** IPv4 as it is; of IPv6 the /64, which is what one household or phone is given. */
function canonical(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!isIPv6(plain)) return plain.slice(0, 45)
  const [head = '', tail] = plain.toLowerCase().split('::')
  const left = head.split(':').filter(Boolean)
  const right = (tail ?? '').split(':').filter(Boolean)
  const groups =
    tail === undefined ? left : [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right]
  return `${groups.slice(0, 4).join(':')}::/64`
}
