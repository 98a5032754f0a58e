import type { Planted } from '../../support/crowd.ts'
import type { Cluster } from '../cluster/index.ts'
import type { Change, History, Write } from '../history.ts'
import type { Random } from '../random.ts'
import { OPEN_POSTS, plantCast } from './cast.ts'
import { listen } from './ear.ts'
import { openLine } from './line.ts'
import { openPair } from './pair.ts'
import { openClientViewer, openViewer, type Viewer } from './viewer.ts'
import { openWriter } from './writer.ts'

/** How much goes on. */
export interface Pace {
  readonly postsPerSecond: number
  readonly commentsPerSecond: number
  /** The share of posts that are for nobody else. */
  readonly privately: number
  /** How long a pair stays in one state, in milliseconds. */
  readonly pairsLast: readonly [least: number, most: number]
  /** How likely the one put out or taken in is losing the connection just then. */
  readonly pairsAway: number
}

export const USUAL: Pace = {
  postsPerSecond: 100,
  commentsPerSecond: 8,
  privately: 0.05,
  pairsLast: [300, 1500],
  pairsAway: 0,
}

/** Everybody at work: viewers, authors, commenters and pairs, and what they saw of it. */
export interface Company extends Disposable {
  readonly history: History
  readonly viewers: readonly Viewer[]
  readonly refused: readonly string[]
  /** Takes note of a change that was made from outside. */
  changed(change: Change): void
  /** Everybody finishes what they began; resolves when all of it is answered, and tells who could not. */
  stop(): Promise<void>
}

export interface CompanyOptions {
  readonly cluster: Cluster
  readonly random: Random
  readonly pace: Pace
  /** The token a viewer shows each time it connects; its own by default. */
  readonly tokenOf?: (person: Planted) => string
}

export async function openCompany({ cluster, random, pace, tokenOf }: CompanyOptions): Promise<Company> {
  const { db, config } = cluster
  const urls = cluster.webs.map(({ url }) => url)
  const cast = await plantCast(db, config, random.of('cast'))
  const writes: Write[] = []
  const changes: Change[] = []
  const refused: string[] = []
  const stopping = new AbortController()
  const stop = stopping.signal

  // The posts that are open on screens.
  const hosts = cast.authors.slice(0, OPEN_POSTS)
  const open = await Promise.all(hosts.map(host => firstPost(urls, random.of(`host ${host.id}`), host)))

  const viewers = cast.viewers.map(({ person, circles, isClient }, i) => {
    const rooms = open.filter(({ host }) => circles.includes(host)).map(({ post }) => post)
    const ear = listen(person.id, circles, rooms)
    const options = { urls, random: random.of(`viewer ${i}`), ear, token: () => tokenOf?.(person) ?? person.token }
    return isClient ? openClientViewer({ ...options, person }) : openViewer(options)
  })
  await Promise.all(viewers.map(viewer => viewer.ready()))

  const told = {
    urls,
    stop,
    wrote: (write: Write) => void writes.push(write),
    refused: (why: string) => void refused.push(why),
  }
  const authors = cast.authors.map((person, i) =>
    openWriter({
      ...told,
      person,
      random: random.of(`author ${i}`),
      everyMs: (1000 * cast.authors.length) / pace.postsPerSecond,
      plan(random) {
        const isPrivate = random.next() < pace.privately
        const visibility = isPrivate ? 'private' : 'friends'
        return { circle: isPrivate ? null : person.id, room: null, command: 'post:create', input: { visibility } }
      },
    }),
  )
  const commenters = cast.commenters.map((person, i) =>
    openWriter({
      ...told,
      person,
      random: random.of(`commenter ${i}`),
      everyMs: (1000 * cast.commenters.length) / pace.commentsPerSecond,
      plan(random) {
        const { host, post } = random.pick(open)
        return { circle: host, room: post, command: 'comment:create', input: { postId: post } }
      },
    }),
  )
  const changed = (change: Change) => void changes.push(change)
  const pairs = cast.pairs.map(({ author, viewer }, i) =>
    openPair({
      urls,
      author,
      person: viewer.person,
      viewer: viewers[i] as Viewer,
      random: random.of(`pair ${i}`),
      lasts: pace.pairsLast,
      away: pace.pairsAway,
      stop,
      changed,
    }),
  )
  const busy = [...authors, ...commenters, ...pairs]
  return {
    history: { writes, changes, ears: viewers.map(({ ear }) => ear) },
    viewers,
    refused,
    changed,
    async stop() {
      stopping.abort()
      for (const { reason } of (await Promise.allSettled(busy.map(({ stopped }) => stopped))) as { reason?: unknown }[])
        if (reason !== undefined) refused.push(String(reason))
    },
    [Symbol.dispose]() {
      stopping.abort()
      for (const one of [...busy, ...viewers]) one.close()
    },
  }
}

async function firstPost(urls: readonly string[], random: Random, { id, token }: Planted) {
  const line = openLine({ urls, random, auth: () => ({ token }) })
  const ack = await line.send('post:create', { text: 'Say something', visibility: 'friends' })
  line.close()
  if (!ack.ok) throw new Error(`The first post was refused: ${ack.error.reason}`)
  return { host: id, post: (ack.data as { id: string }).id }
}
