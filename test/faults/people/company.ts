import type { Planted } from '../../support/crowd.ts'
import type { Cluster } from '../cluster/index.ts'
import type { Change, History, Write } from '../history.ts'
import type { Random } from '../random.ts'
import { OPEN_POSTS, plantCast } from './cast.ts'
import { listen } from './ear.ts'
import { openClientViewer } from './client-viewer.ts'
import { openLine } from './line.ts'
import { openPair, TURNINGS, type Turning } from './pair.ts'
import { tokensFor } from './tokens.ts'
import { openMember, type Member } from './member.ts'
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
  /** How long the tokens of viewers last; they show a new one whenever they connect. */
  readonly tokenSeconds: number
}

export const USUAL: Pace = {
  postsPerSecond: 100,
  commentsPerSecond: 8,
  privately: 0.05,
  pairsLast: [300, 1500],
  pairsAway: 0,
  tokenSeconds: 3600,
}

/** Everybody at work: viewers, authors, commenters and pairs, and what they saw of it. */
export interface Company extends Disposable {
  readonly history: History
  readonly viewers: readonly Member[]
  readonly refused: readonly string[]
  /** For how long a connection outlived its token at most. */
  outlivedMs(): number
  /** Everybody finishes what they began; resolves when all of it is answered, and tells who could not. */
  stop(): Promise<void>
}

export interface CompanyOptions {
  readonly cluster: Cluster
  readonly random: Random
  readonly pace: Pace
}

export async function openCompany({ cluster, random, pace }: CompanyOptions): Promise<Company> {
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

  const changed = (change: Change) => void changes.push(change)
  const tokens = await tokensFor(
    config,
    cast.viewers.map(({ person }) => person),
    pace.tokenSeconds,
  )
  const viewers: Member[] = cast.viewers.map(({ person, circles, isClient }, i) => {
    const rooms = open.filter(({ host }) => circles.includes(host)).map(({ post }) => post)
    const ear = listen(person.id, circles, rooms)
    const options = { urls, random: random.of(`viewer ${i}`), ear, person }
    if (isClient && cluster.program().hasLog)
      return {
        ...openClientViewer({ ...options, url: cluster.url }),
        mayEnd: () => false,
        end: async () => undefined,
        outlivedMs: () => 0,
      }
    const isBound = cast.pairs.some(pair => pair.viewer.person === person)
    return openMember({ ...options, token: () => tokens.of(person), isBound, changed })
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
  const pairs = cast.pairs.map(({ author, viewer }, i) =>
    openPair({
      urls,
      author,
      person: viewer.person,
      viewer: viewers[i] as Member,
      turning: TURNINGS[i % TURNINGS.length] as Turning,
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
    outlivedMs: () => Math.max(...viewers.map(viewer => viewer.outlivedMs())),
    async stop() {
      stopping.abort()
      for (const { stopped } of busy)
        await stopped.catch((error: unknown) => refused.push(error instanceof Error ? error.message : 'broke down'))
    },
    [Symbol.dispose]() {
      stopping.abort()
      tokens[Symbol.dispose]()
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
