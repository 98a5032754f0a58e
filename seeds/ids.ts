import { createHash } from 'node:crypto'

/**
 * The id of something that happened `at` a time, the same on every machine: a UUID of version 7 with the time in front,
 * so ids sort as things happened, and a digest of the name where chance would be.
 */
export function idOf(name: string, at: Date): string {
  const time = at.getTime().toString(16).padStart(12, '0')
  const digest = createHash('sha256').update(name).digest('hex')
  return [
    time.slice(0, 8),
    time.slice(8),
    `7${digest.slice(0, 3)}`,
    `8${digest.slice(3, 6)}`,
    digest.slice(6, 18),
  ].join('-')
}
