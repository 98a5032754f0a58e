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
    /** The relay tells here how far the log reaches, after each batch and every half second. */
    head: `${prefix}:log:head`,
    /** Lost together with the jobs when Redis starts empty. */
    jobsMarker: `${prefix}:log:jobs-marker`,
  }
}
export type LogKeys = ReturnType<typeof logKeys>
