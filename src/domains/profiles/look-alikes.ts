/** Names that are read as others than they are: in other alphabets, with digits for letters, or spaced out. */

/** What looks like a Latin letter. As i, l and 1 look alike, all of them are i. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  a: 'аαΑᴀ4@',
  b: 'вВβΒʙ8',
  c: 'сСϲᴄ',
  d: 'ԁᴅ',
  e: 'еЕεΕᴇ3€',
  f: 'ϝғ',
  g: 'ɡɢ',
  h: 'нНһΗʜ',
  i: 'іІӏιΙıɪlLʟ1!|',
  j: 'јЈϳᴊ',
  k: 'кКκΚᴋ',
  m: 'мМΜᴍ',
  n: 'ηΝɴпո',
  o: 'оОοΟσᴏ0օ',
  p: 'рРρΡᴘ',
  r: 'гʀ',
  s: 'ѕЅꜱ5$',
  t: 'тТτΤᴛ7',
  u: 'υᴜս',
  v: 'νѵᴠ',
  x: 'хХχΧ',
  y: 'уУγΥʏ',
}
const LATIN = new Map(
  Object.entries(LOOK_ALIKES).flatMap(([letter, alike]) => Array.from(alike, other => [other, letter] as const)),
)

/** How a name reads: its letters as small Latin ones without accents, and nothing between them. */
const reading = (name: string): string =>
  Array.from(name.normalize('NFKD'), letter => LATIN.get(letter) ?? letter)
    .join('')
    .toLowerCase()
    .replaceAll('l', 'i')
    .replaceAll('rn', 'm')
    .replaceAll(/[^a-z]/g, '')

const either = (words: string) => words.trim().split(/\s+/).map(reading).join('|')
const ROLES = either('admin admins administrator administrators moderator moderators staff support')
const OFFICES = either('desk help official safety security service services team')
const BESIDE = either(
  'account accounts agent app care center centre chat contact customer mod of system the trust verified',
)
/** Made of nothing but such words, or with such a word beside our name. What many a name ends or begins with is not enough. */
const STAFF = new RegExp(
  [
    `^(?:${OFFICES}|${BESIDE})*(?:kith|${ROLES})(?:kith|${ROLES}|${OFFICES}|${BESIDE})*$`,
    `kith(?:${ROLES}|${OFFICES})`,
    `(?:${ROLES}|official)(?:of)?kith`,
  ].join('|'),
)

/** Whether a name would be taken for that of somebody who works for Kith. */
export const readsLikeStaff = (name: string): boolean =>
  [name, name.replaceAll(/\p{N}/gu, '')].some(spelling => STAFF.test(reading(spelling)))
