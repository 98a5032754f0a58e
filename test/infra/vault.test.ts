import { randomBytes } from 'node:crypto'
import test from 'ava'
import { vault, type VaultOptions } from '../../src/infra/vault.ts'

const key = () => randomBytes(32)
const options = (more: Partial<VaultOptions> = {}): VaultOptions => ({
  sealKeys: { k1: key() },
  activeKid: 'k1',
  indexKeys: [['i1', key()]],
  codeKey: key(),
  refreshKey: key(),
  ...more,
})

const PLACE = 'users.phone|7'
const PHONE = '+4915112345678'

/** The sealed text with its last part, ciphertext and tag, changed. */
function withBody(sealed: string, change: (body: Buffer) => Buffer): string {
  const [version, kid, nonce, body = ''] = sealed.split('.')
  return [version, kid, nonce, change(Buffer.from(body, 'base64url')).toString('base64url')].join('.')
}

const flipped = (at: number) => (body: Buffer) =>
  Buffer.from(body.map((byte, index) => (index === (at + body.length) % body.length ? byte ^ 1 : byte)))

test('a sealed value opens in its own place', t => {
  const box = vault(options())
  for (const value of [PHONE, '', 'naïve 🙂']) t.is(box.open(PLACE, box.seal(PLACE, value)), value)
})

test('a sealed value has the shape v1.kid.nonce.ciphertext and does not show what it holds', t => {
  const sealed = vault(options()).seal(PLACE, PHONE)
  t.regex(sealed, /^v1\.k1\.[\w-]{16}\.[\w-]+$/)
  t.is(Buffer.from(sealed.split('.')[3] ?? '', 'base64url').length, PHONE.length + 16)
  t.false(sealed.includes('15112345678'))
})

test('equal values are sealed differently each time', t => {
  const box = vault(options())
  t.is(new Set(Array.from({ length: 50 }, () => box.seal(PLACE, PHONE))).size, 50)
})

test('a value moved to another row or column does not open', t => {
  const box = vault(options())
  const sealed = box.seal(PLACE, PHONE)
  t.throws(() => box.open('users.phone|8', sealed))
  t.throws(() => box.open('users.email|7', sealed))
})

test('a value changed by one bit does not open, in its text or in its tag', t => {
  const box = vault(options())
  const sealed = box.seal(PLACE, PHONE)
  t.is(
    box.open(
      PLACE,
      withBody(sealed, body => body),
    ),
    PHONE,
  )
  t.throws(() => box.open(PLACE, withBody(sealed, flipped(0))))
  t.throws(() => box.open(PLACE, withBody(sealed, flipped(-1))))
})

test('a value whose tag was cut short does not open', t => {
  const box = vault(options())
  const sealed = box.seal(PLACE, '')
  for (const length of [4, 8, 12, 15])
    t.throws(() =>
      box.open(
        PLACE,
        withBody(sealed, body => body.subarray(0, length)),
      ),
    )
})

test('a sealed value has one spelling only', t => {
  const box = vault(options())
  const sealed = box.seal(PLACE, PHONE)
  for (const other of [`${sealed}.x`, `${sealed}=`, `${sealed} `, sealed.replace('v1', 'v2'), '', 'v1.k1..']) {
    t.throws(() => box.open(PLACE, other), { message: 'Vault: not a sealed value' })
  }
})

test('a value sealed with the previous key still opens after a new one took over', t => {
  const [old, fresh] = [key(), key()]
  const sealed = vault(options({ sealKeys: { k1: old } })).seal(PLACE, PHONE)
  const after = vault(options({ sealKeys: { k1: old, k2: fresh }, activeKid: 'k2' }))
  t.is(after.open(PLACE, sealed), PHONE)
  t.true(after.seal(PLACE, PHONE).startsWith('v1.k2.'))
})

test('a key that is not there is named, and nothing inherited counts as one', t => {
  const box = vault(options())
  const sealed = box.seal(PLACE, PHONE)
  for (const kid of ['k9', '__proto__', 'constructor']) {
    t.throws(() => box.open(PLACE, sealed.replace('.k1.', `.${kid}.`)), { message: `Vault: there is no key '${kid}'` })
  }
})

test('another key under the same id does not open what was sealed', t => {
  const sealed = vault(options()).seal(PLACE, PHONE)
  t.throws(() => vault(options()).open(PLACE, sealed))
})

test('a blind index finds equal values of one field and tells nothing across fields or keys', t => {
  const box = vault(options())
  const found = box.blindIndex('users.phone', PHONE)
  t.is(box.blindIndex('users.phone', PHONE), found)
  t.regex(found, /^i1\.[\w-]{43}$/)
  t.not(box.blindIndex('users.phone', `${PHONE}0`), found)
  t.not(box.blindIndex('contacts.phone', PHONE), found)
  t.not(vault(options()).blindIndex('users.phone', PHONE), found)
})

test('a blind index is found under former keys, too, and kept under the first', t => {
  const [now, former] = [key(), key()]
  const box = vault(
    options({
      indexKeys: [
        ['i2', now],
        ['i1', former],
      ],
    }),
  )
  const before = vault(options({ indexKeys: [['i1', former]] })).blindIndex('users.phone', PHONE)
  t.deepEqual(box.blindIndexes('users.phone', PHONE), [box.blindIndex('users.phone', PHONE), before])
  t.not(box.blindIndex('users.phone', PHONE), before)
})

test('a value sealed with a former key opens, and is known for one', t => {
  const former = key()
  const sealed = vault(options({ sealKeys: { k1: former } })).seal(PLACE, PHONE)
  const box = vault(options({ sealKeys: { k2: key(), k1: former }, activeKid: 'k2' }))
  t.is(box.open(PLACE, sealed), PHONE)
  t.false(box.isCurrent(sealed))
  t.true(box.isCurrent(box.seal(PLACE, PHONE)))
})

test('a proof is a secret of its subject alone', t => {
  const box = vault(options())
  t.is(box.proof('link-1'), box.proof('link-1'))
  t.regex(box.proof('link-1'), /^[\w-]{43}$/)
  t.not(box.proof('link-1'), box.proof('link-2'))
  t.not(box.proof('link-1'), vault(options()).proof('link-1'))
})

test('a code belongs to its subject, has exactly its digits and spreads over all of them', t => {
  const box = vault(options())
  t.is(box.code('challenge-1', 6), box.code('challenge-1', 6))
  t.not(box.code('challenge-1', 9), vault(options()).code('challenge-1', 9))

  const codes = Array.from({ length: 2000 }, (_, index) => box.code(`challenge-${index}`, 6))
  t.true(codes.every(each => /^\d{6}$/.test(each)))
  t.true(new Set(codes).size > 1950)
  for (const digit of '0123456789') {
    const leading = codes.filter(each => each.startsWith(digit)).length
    t.true(leading > 120 && leading < 280, `${leading} of 2000 begin with ${digit}`)
  }
})

test('a secret has one successor, which another key cannot foretell', t => {
  const box = vault(options())
  t.is(box.successor('secret'), box.successor('secret'))
  t.regex(box.successor('secret'), /^[\w-]{43}$/)
  t.not(box.successor('secret'), box.successor(box.successor('secret')))
  t.not(box.successor('secret'), vault(options()).successor('secret'))
})

test('a vault with a missing or short key is never built', t => {
  t.throws(() => vault(options({ activeKid: 'k2' })), { message: /no key 'k2'/ })
  t.throws(() => vault(options({ sealKeys: { k1: randomBytes(16) } })), { message: /must be 32 bytes/ })
  t.throws(() => vault(options({ indexKeys: [] })), { message: /no key to blind with/ })
  t.throws(() => vault(options({ indexKeys: [['i1', randomBytes(31)]] })), {
    message: /index key must be at least 32 bytes/,
  })
  t.throws(() => vault(options({ sealKeys: { 'a.b': key() }, activeKid: 'a.b' })), { message: /cannot be a key id/ })
})
