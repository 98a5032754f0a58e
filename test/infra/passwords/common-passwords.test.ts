import test from 'ava'
import { commonPasswords } from '../../../src/infra/passwords/common-passwords.ts'

const isCommon = commonPasswords()
const words = ['ada', 'ada.lovelace@kith.example', '', 'ŽOFIE']

const common = {
  'on the list': ['passwordpassword', '1q2w3e4r5t6y', 'unbelievable'],
  'on the list in other letters': ['PasswordPassword', 'ＰＡＳＳＷＯＲＤpassword'],
  'one of their words': ['ada', 'ADA', 'ada.lovelace@kith.example', 'Žofie', 'kith', 'Kith'],
  'a word over and over': ['adaadaadaadaada', 'kithKITHkith', 'žofiežofie'.normalize('NFD')],
  'a word with digits behind': ['ada123456789', 'kithkith2026', 'ada.lovelace@kith.example1'],
}
for (const [what, passwords] of Object.entries(common))
  test(`what is ${what} is common`, async t => {
    for (const password of passwords) t.true(await isCommon(password, words), password)
  })

test('what only has something common in it is not, nor what begins or ends as that does', async t => {
  for (const password of [
    'correct horse battery staple',
    'passwordpassword and then some',
    'my passwordpassword',
    'passwordpasswor\nd',
    'password\npassword',
    'adagio for strings',
    'adaada and bob',
    '123456789ada!',
    'kith and kin',
    '',
  ])
    t.false(await isCommon(password, words), password)
})

test('a word with digits of its own is a word like any other', async t => {
  t.true(await isCommon('ada99ada99ada99123', ['ada99']))
  t.true(await isCommon('111111111111111111111', ['1']))
})
