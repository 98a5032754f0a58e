import { setTimeout } from 'node:timers/promises'
import type { CommentWire } from '../../../src/domains/comments/wire.ts'
import type { OkAck, Ready } from '../../../client/index.ts'
import { plantFriends, plantPeople, type Planted } from '../../support/crowd.ts'
import { openRaw } from '../../support/raw.ts'
import type { Case } from '../case.ts'
import { KITH, type Cluster } from '../cluster/index.ts'
import { judge } from '../judge.ts'
import { openLine, type Line } from '../people/line.ts'
import type { Random } from '../random.ts'
import { flood } from './flood.ts'

/** More than a node keeps in memory. */
const RING = 26_000
const COMMENTS = 20
const HEAR_MS = 20_000

/** Somebody comes back after longer than memory holds, after longer than the log reaches, and into another epoch. */
export const longAway = (name: string, title: string): Case => ({
  name,
  title,
  mustFail: false,
  async play(cluster, { random }) {
    await cluster.runs(KITH)
    const [ada, bob] = (await plantPeople(cluster.db, cluster.config, 2)) as [Planted, Planted]
    await plantFriends(cluster.db, [[ada.id, bob.id]])
    const urls = cluster.webs.map(({ url }) => url)
    const host = openLine({ urls, random: random.of('host'), auth: () => ({ token: ada.token }) })
    const post = await done(host, 'post:create', { text: 'Say something' })
    const postId = (post.data as { id: string }).id
    const scene = { cluster, random, urls, host, bob, postId }

    const wrong: string[] = []
    const started = performance.now()
    let heard = 0
    const left = await visit(scene, null).then(visit => visit.leave())
    for (let i = 0; i < COMMENTS; i++) await comment(scene, `missed ${i}`)
    await flood(cluster, `user:${crypto.randomUUID()}`, RING, 0)
    while (await cluster.db('outbox').first('id')) await setTimeout(100)
    for (const url of urls) {
      const back = await visit({ ...scene, urls: [url] }, left)
      const missed = back.comments.filter(({ text }) => text.startsWith('missed')).map(({ text }) => text)
      heard += missed.length
      if (!back.ready.recovered) wrong.push(`beyond memory: not recovered (${back.ready.reason})`)
      const right = Array.from({ length: COMMENTS }, (_, i) => `missed ${i}`)
      if (missed.join() !== right.join()) wrong.push(`beyond memory: heard ${missed.length} of ${COMMENTS}`)
      back.leave()
    }

    await cluster
      .db('event_log')
      .where('pos', '<=', Number(left.split(':')[1]) + 1)
      .delete()
    wrong.push(...(await readsAfresh(scene, left, 'age')))
    const cursor = await visit(scene, null).then(visit => visit.leave())
    await cluster.db('log_head').update({ epoch: crypto.randomUUID().replaceAll('-', '') })
    wrong.push(...(await readsAfresh(scene, cursor, 'epoch')))
    host.close()
    return {
      verdict: { ...judge({ writes: [], changes: [], ears: [] }), expected: COMMENTS * urls.length, delivered: heard },
      wrong,
      settledMs: Math.round(performance.now() - started),
      packets: {},
      harms: 3,
      deaths: 0,
      figures: [],
    }
  },
})

interface Scene {
  readonly cluster: Cluster
  readonly random: Random
  readonly urls: readonly string[]
  readonly host: Line
  readonly bob: Planted
  readonly postId: string
}

/** Sends until it is done. */
async function done(line: Line, name: string, input: object): Promise<OkAck> {
  const ack = await line.send(name, input)
  if (!ack.ok) throw new Error(`${name}: ${ack.error.reason}`)
  return ack
}

const comment = ({ host, postId }: Scene, text: string) => done(host, 'comment:create', { postId, text })

/** One connection of Bob, with the post open; `leave` answers the cursor of the last event he had. */
async function visit({ urls, random, bob, postId }: Scene, cursor: string | null) {
  const comments: (CommentWire & { readonly pos: number })[] = []
  const waiting = new Map<string, () => void>()
  let last = 0
  const hear = (name: string, payload: unknown, pos: number) => {
    last = pos
    if (name !== 'comment:created') return
    const comment = payload as CommentWire
    comments.push({ ...comment, pos })
    waiting.get(comment.text)?.()
  }
  const socket = openRaw({
    url: random.pick(urls),
    auth: { token: bob.token, ...(cursor && { cursor }), rooms: [{ kind: 'post', id: postId }] },
    onEvent(name, [about, pos]) {
      if (name === 'log:replay') for (const event of about as [string, unknown, number][]) hear(...event)
      else if (typeof pos === 'number') hear(name, about, pos)
    },
  })
  const ready: Ready = await socket.ready
  return {
    ready,
    comments,
    socket,
    hears: (text: string) =>
      new Promise<void>((resolve, reject) => {
        waiting.set(text, resolve)
        const late = () => reject(new Error(`${text} was not heard`))
        AbortSignal.timeout(HEAR_MS).addEventListener('abort', late)
      }),
    leave() {
      socket.vanish()
      const [epoch, pos] = ready.cursor.split(':')
      return `${epoch}:${Math.max(last, Number(pos))}`
    },
  }
}

/** Visits, again while it is refused: a node that has not heard of a new epoch yet cannot tell. */
async function arrive(scene: Scene, cursor: string) {
  for (const deadline = performance.now() + HEAR_MS; ;) {
    try {
      return await visit(scene, cursor)
    } catch (error) {
      if (performance.now() > deadline) throw error
      await setTimeout(100)
    }
  }
}

/**
 * The server must say that it cannot resume, and why. Then a snapshot and the events after its cursor must be what a
 * fresh read shows, though others went on writing.
 */
async function readsAfresh(scene: Scene, cursor: string, reason: Ready['reason']): Promise<string[]> {
  const back = await arrive(scene, cursor)
  if (back.ready.recovered || back.ready.reason !== reason) return [`${reason}: told ${JSON.stringify(back.ready)}`]
  const read = async () => {
    const ack = await back.socket.ask('comment:list', { postId: scene.postId, limit: 50 })
    if (!ack?.ok) throw new Error('The snapshot was refused')
    return { items: (ack.data as { items: CommentWire[] }).items, cursor: ack.meta.cursor ?? '' }
  }
  const heard = back.hears(`last ${reason}`)
  const writing = (async () => {
    for (let i = 0; i < 8; i++) await comment(scene, `${reason} ${i}`)
    await comment(scene, `last ${reason}`)
  })()
  const snapshot = await read()
  await Promise.all([writing, heard])
  const fresh = await read()
  const after = back.comments.filter(({ pos }) => pos > Number(snapshot.cursor.split(':')[1]))
  const built = [...after.toReversed().map(({ id }) => id), ...snapshot.items.map(({ id }) => id)].slice(0, 50)
  back.leave()
  const same = built.join() === fresh.items.map(({ id }) => id).join()
  return same ? [] : [`${reason}: the snapshot and what followed are not what a fresh read shows`]
}
