import test from 'ava'
import { complaints } from '../support/production.ts'

test('a mail server is a host with no more than port, user and password: the rest would turn checks off', t => {
  for (const url of [
    'mail.example',
    'http://mail.example',
    'smtps:///kith',
    'smtps://u:p@',
    'smtps://mail.example/?tls.rejectUnauthorized=false',
    'smtps://mail.example#x',
    'smtps://mail.example/kith',
    'smtps://kith:100%@mail.example',
  ])
    t.deepEqual(complaints({ MAIL_URL: url }), [
      'MAIL_URL must be an smtp:// or smtps:// URL of a host, with no more than a port, a user and a password',
    ])
})

test('mail is from one mailbox', t => {
  for (const from of [
    'Kith',
    'Kith hello@kith.example',
    'Kith <hello>',
    'hello@kith.example, eve@kith.example',
    'Kith\nBcc: eve@kith.example <hello@kith.example>',
  ])
    t.deepEqual(complaints({ MAIL_FROM: from }), ['MAIL_FROM must be an address, or a name and an <address>'])
  t.deepEqual(complaints({ MAIL_FROM: 'hello@kith.example' }), [])
})

test('production refuses a mail server that anyone may read along with, and one on this machine', t => {
  const said = ['MAIL_URL must be an smtps:// URL or have a password in production, and name another machine']
  for (const url of [
    'smtp://mail.example',
    'smtp://kith@mail.example',
    'smtps://127.0.0.1:25',
    'smtps://[::1]',
    'smtps://localhost',
  ])
    t.deepEqual(complaints({ MAIL_URL: url }), said, url)
  for (const url of [
    'smtps://mail.example',
    'smtp://kith:secret@mail.example:587',
    'smtps://kith:p%40ss@mail.example:465',
  ])
    t.deepEqual(complaints({ MAIL_URL: url }), [])
})
