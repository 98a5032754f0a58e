import type { Picture } from './pictures.ts'

export interface Person {
  readonly name: string
  /** Of the numbers 555-0100 to 555-0199, which are kept free for stories: nobody has them. */
  readonly phone: string
  readonly bio: string
  readonly joined: string
}

/** By username. The first two are shown at the start as people to sign in as. */
export const people = {
  ada: {
    name: 'Ada Mensah',
    phone: '+12025550101',
    bio: 'I build bridges in Accra, mostly of steel. Swims before work.',
    joined: '2026-09-21T07:30Z',
  },
  bob: {
    name: 'Bob Lindqvist',
    phone: '+12025550102',
    bio: 'Baker in Gothenburg. Up at three, asleep by eight.',
    joined: '2026-09-21T18:05Z',
  },
  chiara: {
    name: 'Chiara Rossi',
    phone: '+12025550103',
    bio: 'Bicycles of Bologna: I mend them, ride them, and listen to them.',
    joined: '2026-09-22T09:40Z',
  },
  diego: {
    name: 'Diego Fuentes',
    phone: '+12025550104',
    bio: 'House painter and stair counter, Valparaíso.',
    joined: '2026-09-22T20:15Z',
  },
  emeka: {
    name: 'Emeka Obi',
    phone: '+12025550105',
    bio: 'Makes radio in Lagos. Always recording, always asking first.',
    joined: '2026-09-23T11:00Z',
  },
  fatima: {
    name: 'Fatima Zahra Idrissi',
    phone: '+12025550106',
    bio: 'Potter. Blue glaze, slow mornings, Fès.',
    joined: '2026-09-23T16:25Z',
  },
  grace: {
    name: 'Grace Kim 김은혜',
    phone: '+12025550107',
    bio: 'Sea swimmer in Busan, all year round. Nurse on most nights.',
    joined: '2026-09-24T05:50Z',
  },
  hana: {
    name: 'Hana Sato 佐藤はな',
    phone: '+12025550108',
    bio: 'Night train conductor, Sapporo. Window seat on days off.',
    joined: '2026-09-25T22:10Z',
  },
  iris: {
    name: 'Iris O’Connor',
    phone: '+12025550109',
    bio: 'Vet for big animals and small islands, Galway.',
    joined: '2026-09-26T13:35Z',
  },
  jonas: {
    name: 'Jonas Weber',
    phone: '+12025550110',
    bio: 'Forester in the Black Forest. Knows some of the trees by name.',
    joined: '2026-09-27T06:45Z',
  },
  leilani: {
    name: 'Leilani Kealoha',
    phone: '+12025550111',
    bio: 'Reads volcanoes for a living. Hilo, Hawaiʻi.',
    joined: '2026-09-28T19:20Z',
  },
  priya: {
    name: 'Priya Raman',
    phone: '+12025550112',
    bio: 'Teaches physics in Chennai, by day and by telescope.',
    joined: '2026-09-29T15:00Z',
  },
} as const satisfies Record<string, Person>

export type Username = keyof typeof people

/** One person asked another to be friends, on this day. */
export type Asking = readonly [from: Username, to: Username, at: string]

/** Those who said yes, two hours after they were asked. */
export const friends: readonly Asking[] = [
  ['bob', 'ada', '2026-09-21T18:20Z'],
  ['ada', 'chiara', '2026-09-22T12:10Z'],
  ['chiara', 'bob', '2026-09-22T17:30Z'],
  ['diego', 'chiara', '2026-09-23T01:05Z'],
  ['emeka', 'ada', '2026-09-23T11:15Z'],
  ['fatima', 'emeka', '2026-09-24T08:00Z'],
  ['hana', 'grace', '2026-09-26T00:30Z'],
  ['iris', 'bob', '2026-09-26T14:00Z'],
  ['iris', 'ada', '2026-09-26T14:02Z'],
  ['jonas', 'bob', '2026-09-27T07:20Z'],
  ['jonas', 'iris', '2026-09-27T07:25Z'],
  ['ada', 'hana', '2026-09-28T06:40Z'],
  ['leilani', 'diego', '2026-09-28T19:50Z'],
  ['grace', 'leilani', '2026-09-29T04:45Z'],
  ['priya', 'ada', '2026-09-29T15:30Z'],
  ['priya', 'fatima', '2026-09-29T15:35Z'],
  ['hana', 'priya', '2026-09-30T23:10Z'],
  ['jonas', 'hana', '2026-10-01T10:00Z'],
  ['grace', 'bob', '2026-10-02T06:15Z'],
]

/** Those who still wait for an answer. */
export const requests: readonly Asking[] = [
  ['diego', 'bob', '2026-10-24T21:40Z'],
  ['jonas', 'priya', '2026-10-26T19:05Z'],
  ['grace', 'chiara', '2026-10-29T12:20Z'],
  ['fatima', 'ada', '2026-10-30T17:45Z'],
  ['leilani', 'ada', '2026-10-31T08:30Z'],
]

export interface Remark {
  readonly by: Username
  /** Minutes after the post. */
  readonly after: number
  readonly text: string
}

export interface Story {
  readonly by: Username
  readonly at: string
  readonly visibility: 'public' | 'friends' | 'private'
  readonly text: string
  readonly pictures?: readonly (Picture & { readonly alt: string })[]
  readonly comments?: readonly Remark[]
}
