import test from 'ava'
import { contactOf, e164, emailOf, phoneToText } from '../../src/domains/accounts/contact.ts'
import { Failure } from '../../src/kernel/failure.ts'
import { collected, isCollected } from '../support/collected.ts'

/** Why a contact is refused: the field it names; throws whatever is no refusal. */
function refusedFor(read: () => unknown): string | null {
  try {
    read()
    return null
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return Object.keys(error.detail.fields ?? {}).join()
  }
}
const everywhere = () => true

test('a phone number has one spelling, however it is typed', t => {
  for (const phone of ['+49 30 901820', ' +49 (0)30 90-18-20', '+49.30/901820', 'tel:+49-30-901820'])
    t.is(e164(phone), '+4930901820', phone)
})

test('what is no number with its country code is refused by the name of the field', t => {
  for (const phone of ['030901820', '+49', '+999 12345678', 'my phone', '', '+4930901820+4930901820'])
    t.is(
      refusedFor(() => e164(phone)),
      'phone',
      phone,
    )
})

test('texts go to phones that take them, in the countries that are served', t => {
  t.is(phoneToText('+4915112345678', everywhere), '+4915112345678')
  const unserved = refusedFor(() => phoneToText('+4915112345678', country => country !== 'DE'))
  t.is(unserved, 'phone')
  for (const [kind, phone] of Object.entries({
    premium: '+49 900 1234567',
    'shared cost': '+44 845 6012345',
    'toll free': '+1 800 234 5678',
    'any company': '+49 18500 654321',
  }))
    t.is(
      refusedFor(() => phoneToText(phone, everywhere)),
      'phone',
      kind,
    )
})

test('an e-mail address is in lower case, its domain as DNS has it', t => {
  t.is(emailOf(' Ada@Example.COM '), 'ada@example.com')
  t.is(emailOf('ada@bücher.example'), 'ada@xn--bcher-kva.example')
  t.is(emailOf('a.d+a@example.co.uk'), 'a.d+a@example.co.uk')
})

test('what is no e-mail address is refused by the name of the field', t => {
  const malformed = [
    '',
    '@',
    'ada',
    'ada@',
    '@example.com',
    'a@b',
    'a b@example.com',
    'ada@exa mple.com',
    'a@@example.com',
  ]
  const worse = [
    '.ada@example.com',
    'ada.@example.com',
    'a..b@example.com',
    'ada@example.com, bob@example.com',
    '<ada@example.com>',
  ]
  const worst = [
    'ada@example.com\nBcc: bob@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(250)}.com`,
    '"ada"@example.com',
    'ada@[127.0.0.1]',
    'ada@example.com/x',
    'ada@ex%61mple.com',
    'ada@example.com:25',
    'a\u200bda@example.com',
  ]
  for (const email of [...malformed, ...worse, ...worst])
    t.is(
      refusedFor(() => emailOf(email)),
      'email',
      email,
    )
})

test('a login with an @ is an e-mail address, any other a phone number', t => {
  t.deepEqual(contactOf('Ada@example.com'), { kind: 'email', value: 'ada@example.com' })
  t.deepEqual(contactOf('+49 30 901820'), { kind: 'phone', value: '+4930901820' })
  t.is(
    refusedFor(() => contactOf('ada')),
    'login',
  )
})

// ---- what the wide world types, where the collection is there

const whereCollected = isCollected ? test : test.skip

whereCollected('every valid number of every country has one spelling, and no invalid one is taken', t => {
  const { numbers } = collected('phones/valid.json') as {
    numbers: { e164: string; type: string; variants: Record<string, string> }[]
  }
  const written = ['international', 'rfc3966', 'e164', 'dashes', 'dots', 'blanks', 'brackets', 'lrm']
  for (const { e164: number, variants } of numbers)
    for (const spelling of written) if (variants[spelling]) t.is(e164(variants[spelling]), number)
  const { inputs } = collected('phones/invalid.json') as { inputs: { input: string }[] }
  for (const { input } of inputs)
    t.is(
      refusedFor(() => e164(input)),
      'phone',
      input,
    )
  for (const { e164: number, type } of numbers)
    if (type === 'PREMIUM_RATE')
      t.is(
        refusedFor(() => phoneToText(number, everywhere)),
        'phone',
        number,
      )
})

whereCollected('an address is taken or refused, and what is taken stays the same when it is read again', t => {
  const rows = collected('text/email-isemail.json') as { address: string; category: string }[]
  let taken = 0
  for (const { address, category } of rows) {
    if (refusedFor(() => emailOf(address)) !== null) continue
    taken += 1
    t.is(emailOf(emailOf(address)), emailOf(address))
    t.notRegex(emailOf(address), /[\s",<>]/)
    t.true(!category.includes('ERR') || address !== address.trim(), `${category}: ${address}`)
  }
  t.true(taken >= 10)
})
