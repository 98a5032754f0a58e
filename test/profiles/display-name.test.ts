import anyTest from 'ava'
import { KithFailure } from '../../client/index.ts'
import { collected, isCollected } from '../support/collected.ts'
import { withWorld, type Assertions, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

async function refusesAll(t: Assertions, names: readonly string[]): Promise<void> {
  const [ada] = await t.context.cast('Ada')
  for (const displayName of names) {
    const { wire } = await ada.refused('profile:update', { displayName, bio: 'With it' })
    t.is(wire.reason, 'invalid', JSON.stringify(displayName))
    t.deepEqual(Object.keys(wire.fields ?? {}), ['displayName'])
  }
  t.like(await ada.call('profile:get', { userId: ada.id }), { displayName: 'Ada', bio: '' })
}

test('a name is kept in one spelling: composed, with single spaces, and none around it', async t => {
  const [ada] = await t.context.cast('Ada')
  const spellings = {
    '  Ada   Lovelace ': 'Ada Lovelace',
    'Ada\u00a0\u3000Lovelace': 'Ada Lovelace',
    'Zoe\u0308': 'Zo\u00eb',
    ['e\u0301'.repeat(50)]: '\u00e9'.repeat(50),
  }
  for (const [displayName, kept] of Object.entries(spellings)) {
    t.is((await ada.call('profile:update', { displayName })).displayName, kept)
    const { version } = await ada.call('profile:get', { userId: ada.id })
    t.is((await ada.call('profile:update', { displayName })).version, version) // it is the same name
  }
})

test('names of all alphabets, and emoji, are as good as any', async t => {
  const [ada] = await t.context.cast('Ada')
  const names = [
    '李小龍',
    'محمد',
    'علی\u200cرضا',
    'ക്\u200dഷ',
    'Ирина',
    'Ὀδυσσεύς',
    'O’Neill-Šević, Jr.',
    '葛\u{e0100}城',
    '👩‍🚀 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿',
  ].concat([
    'Nikith Ofori',
    'Kith Meng',
    'Ankith Modi',
    'Badminton Bob',
    'Supportive Mum',
    'Keith',
    'Adminah',
    'Team',
    '7',
  ])
  for (const displayName of names) t.is((await ada.call('profile:update', { displayName })).displayName, displayName)
})

const HIDDEN = '\u200b \u200d \u200e \u202e \u2066 \u2060 \ufeff \u00ad \u034f \u115f \u061c \0 \n \u2028 \u0085'.split(
  ' ',
)
const UNSEEN = ['', ' ', '\u3000', '\u0301', '\u3164', '\u2800', '\u200b', '\ufe0f', '\u{e0041}', '\ue000\uf8ff']

test('a name without anything to see, or with hidden or turning characters, is refused', t =>
  refusesAll(
    t,
    UNSEEN.concat(HIDDEN.map(hidden => `A${hidden}da`)).concat(['\ufeffAda', 'Ada\u2800', '👩\u200d', 'x\ufe0f']),
  ))

test('a name of more than 50 characters is refused, however it is spelt', t =>
  refusesAll(t, ['x'.repeat(51), 'e\u0301'.repeat(51), '😀'.repeat(51), '\u{1d160}'.repeat(20), 'x'.repeat(201)]))

const STAFF = `
  Kith, KITH, K i t h, k.i.t.h, k1th, Кіth, ΚΙΤΗ, ᴋɪᴛʜ, 𝓚𝓲𝓽𝓱, Ⓚⓘⓣⓗ, Kíth, Kith ✓, Admin, ADM1N, 4dmin, Admin 1, adrnin, Ａｄｍｉｎ, Moderator,
  Support247, SUPP0RT, Ѕuрроrt, Kith Support, The Kith Team, Ada (Kith Support), Official Kith, Staff of Kith, Customer Support`

test('a name that reads like that of Kith’s staff is refused, in whatever letters', t =>
  refusesAll(t, STAFF.trim().split(/,\s+/)))

const whereCollected = isCollected ? test : test.skip

whereCollected('what broke something elsewhere is refused by its field, or reads back as it was kept', async t => {
  const people = await t.context.cast(...'Ada Bob Cara Dan Eve Fay Gus Hal Ida Jim Kim Lea Max Nia Oda Pia'.split(' ')) // one would be too fast
  const strings = collected('text/blns.json') as string[]
  let kept = 0
  const share = async (person: (typeof people)[number], text: string) => {
    for (const field of ['displayName', 'bio'] as const)
      try {
        const changed = await person.call('profile:update', { [field]: text })
        if (field === 'bio') t.is(changed.bio, text)
        else t.deepEqual(await person.call('profile:get', { userId: person.id }), changed)
        kept++
      } catch (error) {
        if (!(error instanceof KithFailure)) throw error
        t.is(error.reason, 'invalid', text)
        t.deepEqual(Object.keys(error.fields ?? {}), [field])
      }
  }
  await Promise.all(
    people.map(async (person, i) => {
      for (const text of strings.filter((_, n) => n % people.length === i)) await share(person, text)
    }),
  )
  t.true(kept > strings.length)
})
