/** Every name the log uses in Redis. One prefix is one world: servers that share it share their sockets. */
export const logKeys = (prefix: string) => {
  const adapter = `${prefix}:socket`
  const channel = `${adapter}#/#`
  return {
    /** The `key` option of @socket.io/redis-adapter. */
    adapter,
    /** Packets for one room are published here, for several on the bare channel. */
    channelOf: (room: string) => (room === '' ? channel : `${channel}${room}#`),
    roomOf: (published: string) => published.slice(channel.length, -1),
    /** The capped copy of the log. Positions mean something within one epoch only, so each has its own. */
    streamOf: (epoch: string) => `${prefix}:log:stream:${epoch}`,
    /** Rung after a commit, so that the relay need not wait for its next look. */
    bell: `${prefix}:log:bell`,
    /** The relay tells here how far the log reaches, after each batch and every half second; see `headMessage`. */
    head: `${prefix}:log:head`,
    /** Lost together with the jobs when Redis starts empty. */
    jobsMarker: `${prefix}:log:jobs-marker`,
  }
}
export type LogKeys = ReturnType<typeof logKeys>

/** Tells how far the log reaches, and whether more waits for its place in it. */
export const headMessage = ({ epoch, pos }: { epoch: string; pos: number }, more: boolean): string =>
  `${epoch}:${pos}:${more ? 'more' : ''}`

export function readHead(message: string): { epoch: string; pos: number; more: boolean } {
  const [epoch = '', pos, more] = message.split(':')
  return { epoch, pos: Number(pos), more: more === 'more' }
}
