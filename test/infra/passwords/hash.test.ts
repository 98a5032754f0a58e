import test from 'ava'
import { bcryptPasswords } from '../../../src/infra/passwords/index.ts'
import { key, openPasswords } from './support/passwords.ts'

const HORSE = 'correct horse battery staple'

test('a password is the one its hash was made of, and no other is', async t => {
  await using passwords = openPasswords()
  const hash = await passwords.hash(HORSE)
  t.deepEqual(await passwords.verify(HORSE, hash), { right: true, stale: false })
  for (const wrong of ['', 'correct horse', `${HORSE} `, HORSE.toUpperCase(), hash])
    t.deepEqual(await passwords.verify(wrong, hash), { right: false, stale: false }, wrong)
})

test('a hash says the key and the cost it was made with; equal passwords have different ones', async t => {
  await using passwords = openPasswords()
  const hashes = await Promise.all(Array.from({ length: 5 }, () => passwords.hash(HORSE)))
  for (const hash of hashes) t.regex(hash, /^bcrypt\$p1\$4\$[./A-Za-z0-9]{53}$/)
  t.is(new Set(hashes).size, hashes.length)
})

test('two spellings of the same characters are one password', async t => {
  await using passwords = openPasswords()
  const hash = await passwords.hash('Käse für 2 ﬁnden'.normalize('NFC'))
  t.like(await passwords.verify('Käse für 2 finden'.normalize('NFD'), hash), { right: true })
  t.like(await passwords.verify('Kase fur 2 finden', hash), { right: false })
})

test('a password counts to its last character, past 72 bytes and past a NUL', async t => {
  await using passwords = openPasswords()
  for (const [long, other] of [
    [`${'a'.repeat(100)}b`, `${'a'.repeat(100)}c`],
    [`${'ä'.repeat(36)}b`, `${'ä'.repeat(36)}c`],
    ['before\0after', 'before\0other'],
    ['\0after', '\0other'],
  ] as const) {
    const hash = await passwords.hash(long)
    t.like(await passwords.verify(long, hash), { right: true })
    t.like(await passwords.verify(other, hash), { right: false })
  }
})

test('without a hash nothing is right, not even what a hash could be made of', async t => {
  await using passwords = openPasswords()
  for (const password of [HORSE, '', '.'.repeat(53)])
    t.deepEqual(await passwords.verify(password, null), { right: false, stale: false })
})

test('with a new key an old hash is still right, and stale until it is made anew', async t => {
  const [first, second] = [key(), key()]
  await using before = openPasswords({ keys: { p1: first } })
  const hash = await before.hash(HORSE)

  await using after = openPasswords({ keys: { p2: second, p1: first }, activeKid: 'p2' })
  t.deepEqual(await after.verify(HORSE, hash), { right: true, stale: true })
  t.deepEqual(await after.verify('wrong', hash), { right: false, stale: true })
  const anew = await after.hash(HORSE)
  t.regex(anew, /^bcrypt\$p2\$/)
  t.deepEqual(await after.verify(HORSE, anew), { right: true, stale: false })
})

test('at another cost an old hash is still right, and stale', async t => {
  const keys = { p1: key() }
  await using cheap = openPasswords({ keys })
  await using dear = openPasswords({ keys, cost: 5 })
  t.deepEqual(await dear.verify(HORSE, await cheap.hash(HORSE)), { right: true, stale: true })
  t.deepEqual(await cheap.verify(HORSE, await dear.hash(HORSE)), { right: true, stale: true })
})

test('the same key id with other bytes opens nothing', async t => {
  await using ours = openPasswords()
  await using theirs = openPasswords()
  t.deepEqual(await theirs.verify(HORSE, await ours.hash(HORSE)), { right: false, stale: false })
})

test('a hash of a key that is gone is an error that names the key, and not the hash', async t => {
  await using ours = openPasswords()
  await using theirs = openPasswords({ keys: { p9: key() }, activeKid: 'p9' })
  const { message } = await t.throwsAsync(theirs.verify(HORSE, await ours.hash(HORSE)))
  t.is(message, `Passwords: there is no key 'p1'`)
})

test('what is no hash is an error that does not repeat it', async t => {
  await using passwords = openPasswords()
  const hash = await passwords.hash(HORSE)
  for (const broken of ['', HORSE, hash.slice(0, -1), `${hash}.`, hash.replace('bcrypt', 'scrypt'), `${hash}\n`])
    await t.throwsAsync(passwords.verify(HORSE, broken), { message: 'Passwords: not a stored password' })
})

test('a key must be there, and long enough', t => {
  const options = { keys: { p1: key() }, activeKid: 'p1', cost: 4 }
  t.throws(() => bcryptPasswords({ ...options, activeKid: 'p2' }), { message: /there is no key 'p2'/ })
  t.throws(() => bcryptPasswords({ ...options, keys: { p1: key().subarray(1) } }), { message: /at least 32 bytes/ })
})
