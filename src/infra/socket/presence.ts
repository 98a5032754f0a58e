import type { Server } from 'socket.io'
import { AccessGranted } from '../../kernel/control.ts'
import { deviceRoom, type Room } from '../../kernel/room.ts'
import type { UserId } from '../../kernel/scope.ts'
import type { Infer } from '../../kernel/shape.ts'
import type { Entry } from '../log/entry.ts'
import type { Whereabouts } from '../presence/node.ts'
import { SEATED, type SocketData } from './seat.ts'

export interface PresenceHook {
  /** Where the sockets of people sit who hide that they are here. */
  readonly aloof: Room
  settle(userId: UserId, whereabouts: Whereabouts): void
}

/**
 * Tells who is here as sockets take their seats, are gone, and go in and out of hiding; once for all that happens at once.
 * Answers what to do with a control event: whoever hid as they left has no socket any more that could go into hiding.
 */
export function watchPresence(io: Server, { aloof, settle }: PresenceHook): (control: Entry) => void {
  const { adapter, sockets } = io.of('/')
  const changed = new Set<UserId>()

  function look(room: string, socketId: string) {
    if (room !== SEATED && room !== aloof) return
    const socket = sockets.get(socketId)
    if (!socket) return
    if (changed.size === 0) queueMicrotask(tell)
    changed.add((socket.data as SocketData).actor.id)
  }

  function tell() {
    for (const userId of changed) {
      const [device] = adapter.rooms.get(deviceRoom(userId)) ?? []
      const isHidden = device !== undefined && adapter.rooms.get(aloof)?.has(device)
      settle(userId, device === undefined ? 'gone' : isHidden ? 'hidden' : 'here')
    }
    changed.clear()
  }

  adapter.on('join-room', look)
  adapter.on('leave-room', look)
  return ({ name, payload }) => {
    if (name !== AccessGranted.name) return
    const { userId, rooms } = payload as Infer<typeof AccessGranted.payload>
    if (rooms.includes(aloof) && !adapter.rooms.has(deviceRoom(userId))) settle(userId, 'hidden')
  }
}
