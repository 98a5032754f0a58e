import type { Knex } from 'knex'
import type { Command } from './command.ts'
import { controlEvents } from './control.ts'
import type { Event, Reaction } from './event.ts'
import { commonFailures, type Failure, type FailureKind } from './failure.ts'
import type { Job } from './job.ts'
import type { Claim } from './limit.ts'
import type { Ports } from './ports.ts'
import { deviceRoom, type RoomKind } from './room.ts'
import type { Closing, Message, Opened, Opening, UserId } from './scope.ts'

/** What a slice offers the server. */
export interface Slice {
  readonly commands?: readonly Command[]
  readonly events?: readonly Event[]
  readonly rooms?: readonly RoomKind<never>[]
  readonly jobs?: readonly Job[]
  readonly reactions?: readonly Reaction[]
  readonly failures?: readonly FailureKind[]
}

/** Declares a slice, keeping the names and types of what it offers for the client. */
export const slice = <const S extends Slice>(parts: S): S => parts

/** Everything declared, indexed by name. */
export interface Registry {
  readonly commands: ReadonlyMap<string, Command>
  readonly events: ReadonlyMap<string, Event>
  readonly rooms: ReadonlyMap<string, RoomKind>
  /** The kinds of rooms of those who do not hear the person a room is named for. */
  readonly exclusions: readonly RoomKind[]
  readonly jobs: ReadonlyMap<string, Job>
  readonly failures: ReadonlyMap<string, FailureKind>
  /** By the name of the event they answer, in the order of the slices. */
  readonly reactions: ReadonlyMap<string, readonly Reaction[]>
}

export interface Logger {
  info(about: object, message: string): void
  warn(about: object, message: string): void
  error(about: object, message: string): void
}

/** The server as commands, reactions and jobs see it: what is declared, and the few things it runs on. */
export interface App extends Registry {
  readonly db: Knex
  readonly ports: Ports
  readonly logger: Logger
  /** Acks are checked against their shapes; on in tests and local starts, off on the hot path. */
  readonly checkAcks: boolean
  clock(): Date
  /**
   * Runs `body` in one transaction that shows the private rows of a person, and writes with the commit what it leaves.
   * What the body asks first travels together with the beginning.
   */
  transact<T>(
    opening: Opening,
    body: (db: Knex, opened: Promise<Opened>) => Promise<{ readonly result: T; readonly closing: Closing }>,
  ): Promise<T>
  /** Asks in one read-only snapshot, and in one message, what a transaction may ask as it begins. */
  glance(opening: Omit<Opening, 'readOnly'>): Promise<Opened>
  /** Shows another person's private rows from here on in a transaction. */
  enter(db: Knex, person: UserId): Promise<void>
  /** Wakes the relay; losing the call costs milliseconds, never an event. */
  ring(): void
  /** Sends ephemeral events past the log to whoever is connected. One that cannot be sent is lost. */
  publish(messages: readonly Message[]): void
  /** Takes all that is claimed, or nothing of it; then it answers for how many milliseconds there is no room. */
  spend(claims: readonly Claim[], blind: 'share' | 'refuse'): Promise<number>
  /** What a dependency's error means to a client; null when it is our own bug. */
  explain(error: unknown): Failure | null
  observe(command: string, outcome: string, seconds: number): void
}

function index<T>(what: string, items: readonly T[], nameOf: (item: T) => string): ReadonlyMap<string, T> {
  const map = new Map<string, T>()
  for (const item of items) {
    const name = nameOf(item)
    if (map.has(name)) throw new Error(`${what} declared twice: ${name}`)
    map.set(name, item)
  }
  return map
}

const NAMES = {
  command: /^[a-z_]+:[a-z_]+$/,
  event: /^[a-z_]+:[a-z_]+$/,
  job: /^[a-z_]+:[a-z_]+$/,
  room: /^[a-z_]+$/,
}

/** Indexes what the slices declare. Refuses what would not work: a name used twice, say, or a reaction to an undeclared event. */
export function registry(slices: readonly Slice[]): Registry {
  const commands = index(
    'Command',
    slices.flatMap(({ commands = [] }) => commands),
    command => command.name,
  )
  const events = index('Event', [...controlEvents, ...slices.flatMap(({ events = [] }) => events)], event => event.name)
  const kinds = [deviceRoom, ...slices.flatMap(({ rooms = [] }) => rooms)] as RoomKind<never>[] as RoomKind[]
  const rooms = index('Room', kinds, room => room.kind)
  const exclusions = kinds.filter(({ excludesActor }) => excludesActor)
  const jobs = index(
    'Job',
    slices.flatMap(({ jobs = [] }) => jobs),
    job => job.name,
  )
  const failures = index(
    'Failure',
    [...commonFailures, ...slices.flatMap(({ failures = [] }) => failures)],
    ({ code, reason }) => `${code}/${reason}`,
  )
  index(
    'Route',
    [...commands.values()].filter(({ http }) => http),
    ({ http }) => http ?? '',
  )

  for (const [what, names] of Object.entries({ command: commands, event: events, job: jobs, room: rooms }))
    for (const name of names.keys())
      if (!NAMES[what as keyof typeof NAMES].test(name)) throw new Error(`Not a name for a ${what}: ${name}`)

  for (const { name, ephemeral, audience } of events.values())
    if (ephemeral && !audience) throw new Error(`Ephemeral and for nobody: ${name}`)
  const reactions = slices.flatMap(({ reactions = [] }) => reactions)
  for (const { event } of reactions) {
    if (events.get(event.name) !== event) throw new Error(`Reaction to an undeclared event: ${event.name}`)
    if (event.ephemeral) throw new Error(`Reaction to an ephemeral event: ${event.name}`)
  }
  return {
    commands,
    events,
    rooms,
    exclusions,
    jobs,
    failures,
    reactions: Map.groupBy(reactions, ({ event }) => event.name),
  }
}
