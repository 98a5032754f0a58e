import { Redis } from 'ioredis'
import { createClient, KithFailure, memoryStore, type Client, type EventName, type Events } from '../../client/index.ts'
import type { CommandName, Data, Input, Tokens } from '../../client/index.ts'

export interface Occurrence<N extends EventName = EventName> {
  readonly name: N
  readonly payload: Events[N]
  readonly pos: number
  readonly replayed: boolean
}

/** An ephemeral event as it was heard. */
export type Glimpse<N extends EventName = EventName> = Pick<Occurrence<N>, 'name' | 'payload'>

/** Somebody with one device, as a test sees them: what they do, and all they have heard. */
export interface Person {
  readonly name: string
  readonly id: Tokens['userId']
  readonly phone: string
  readonly client: Client
  /** What they heard of the log. */
  readonly heard: readonly Occurrence[]
  /** What they heard beside it. */
  readonly glimpsed: readonly Glimpse[]
  call<N extends CommandName>(name: N, input: Input<N>): Promise<Data<N>>
  /** The failure a command is refused with; a test fails when it is not refused. */
  refused<N extends CommandName>(name: N, input: Input<N>): Promise<KithFailure>
  /** The payload of the next event of this name that has not been waited for yet. */
  next<N extends EventName>(name: N, matches?: (payload: Events[N]) => boolean): Promise<Events[N]>
  /**
   * All that is heard up to now. The log is one order: once this person hears of a change they make themselves, every
   * earlier event has either reached them or never will.
   */
  hearsAll(): Promise<readonly Occurrence[]>
}

/** How long somebody waits to hear of something. */
const HEAR_MS = 10_000

export interface SignUp {
  readonly name: string
  readonly url: string
  readonly inbox: string
  readonly phone?: string
}

/** Signs somebody in by the code sent to their phone, gives them a name, and connects them. */
export async function signUp({ name, url, inbox, phone }: SignUp): Promise<Person> {
  const number = phone ?? (await freshPhone())
  const store = memoryStore()
  const client = createClient({ url, store })
  const tokens = await signIn(client, number, inbox)
  const person = personOf({ name, client, phone: number, tokens })
  await client.connect()
  await client.call('profile:update', { displayName: name })
  return person
}

/** Signs a device in by phone code; answers its tokens. */
export async function signIn(client: Client, phone: string, inbox: string): Promise<Tokens> {
  const sent = await messagesTo(inbox, phone)
  const { challengeId } = await client.auth.requestCode(phone)
  const received = await messagesTo(inbox, phone, sent.length)
  const code = /\d{6}/.exec(received.at(-1)?.text ?? '')?.[0] ?? ''
  return client.auth.signIn({ challengeId, code, device: { name: 'test' } })
}

/** The text messages to one phone; with `after`, waits until there is one more than that. */
export async function messagesTo(inbox: string, phone: string, after?: number): Promise<{ text: string }[]> {
  const query = new URLSearchParams({
    to: phone,
    ...(after !== undefined && { after: String(after), waitMs: '10000' }),
  })
  const response = await fetch(`${inbox}/local/messages?${query}`)
  const found = (await response.json()) as { text: string }[]
  if (after === undefined) return found
  if (found.length === 0) throw new Error(`No text message reached ${phone}`)
  return found
}

/** A number no other test uses, from the range kept for fiction. */
async function freshPhone(): Promise<string> {
  const redis = new Redis(process.env.REDIS_URL ?? '')
  const n = await redis.incr('test:phones')
  redis.disconnect()
  return `+1202555${String(n).padStart(4, '0')}`
}

export function personOf({
  name,
  client,
  phone,
  tokens,
  hearMs = HEAR_MS,
}: {
  name: string
  client: Client
  phone: string
  tokens: Tokens
  hearMs?: number
}): Person {
  const heard: Occurrence[] = []
  const glimpsed: Glimpse[] = []
  const waitedFor = new Set<Glimpse>()
  const listeners = new Set<() => void>()
  client.onAny((name, payload, { pos, replayed }) => {
    if (pos === null) glimpsed.push({ name, payload })
    else heard.push({ name, payload, pos, replayed })
    for (const listener of listeners) listener()
  })

  async function next<N extends EventName>(event: N, matches: (payload: Events[N]) => boolean = () => true) {
    const isNext = (o: Glimpse) => o.name === event && !waitedFor.has(o) && matches(o.payload as Events[N])
    const find = () => heard.find(isNext) ?? glimpsed.find(isNext)
    const deadline = AbortSignal.timeout(hearMs)
    for (let found = find(); ; found = find()) {
      if (found) {
        waitedFor.add(found)
        return found.payload as Events[N]
      }
      if (deadline.aborted) throw new Error(`${name} never heard ${event}`)
      const changed = Promise.withResolvers<void>()
      listeners.add(changed.resolve)
      deadline.addEventListener('abort', () => changed.resolve(), { once: true })
      await changed.promise
      listeners.delete(changed.resolve)
    }
  }

  return {
    name,
    id: tokens.userId,
    phone,
    client,
    heard,
    glimpsed,
    call: client.call,
    next,
    async refused(command, input) {
      try {
        await client.call(command, input)
      } catch (error) {
        if (error instanceof KithFailure) return error
        throw error
      }
      throw new Error(`${name} was not refused ${command}`)
    },
    async hearsAll() {
      const mark = crypto.randomUUID()
      await client.call('profile:update', { bio: mark })
      await next('profile:updated', ({ bio }) => bio === mark)
      return heard.filter(({ name }) => name !== 'profile:updated')
    },
  }
}
