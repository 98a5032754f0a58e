import { createHmac } from 'node:crypto'
import test from 'ava'
import { cdnLinks, kithLinks } from '../../src/infra/media/links.ts'

const ID = '0199c0de-0000-7000-8000-000000000001'
const [old, fresh] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
const now = new Date('2026-01-01T00:00:30Z')

/** What a link says behind its question mark. */
const rightIn = (template: string) => {
  const [, query] = template.split('?')
  return Object.fromEntries(new URLSearchParams(query)) as { e: string; k: string; s: string }
}

test('links of the key before are good while the keys are changed, and those of a key that is gone are not', t => {
  const before = kithLinks({ base: '', keys: { m1: old }, activeKid: 'm1' })
  const during = kithLinks({ base: '', keys: { m2: fresh, m1: old }, activeKid: 'm2' })
  const after = kithLinks({ base: '', keys: { m2: fresh }, activeKid: 'm2' })
  const [first, second] = [before, during].map(links => rightIn(links.link(ID, now).template))
  t.is(first?.k, 'm1')
  t.is(second?.k, 'm2')
  t.true(during.verify(ID, first ?? {}, now) !== null && during.verify(ID, second ?? {}, now) !== null)
  t.is(after.verify(ID, first ?? {}, now), null)
  t.true(after.verify(ID, second ?? {}, now) !== null)
})

test('a link is led to the media host, or to the server’s own address', t => {
  const links = (base: string) => kithLinks({ base, keys: { m1: old }, activeKid: 'm1' }).link(ID, now).template
  t.true(links('https://media.example').startsWith(`https://media.example/media/${ID}/{file}?e=`))
  t.true(links('').startsWith(`/media/${ID}/{file}?e=`))
})

test('a link to Cloud CDN carries its signature of the folder and the end', t => {
  const key = Buffer.alloc(16, 3)
  const { template, expiresAt } = cdnLinks({ base: 'https://cdn.example', keyName: 'k1', key }).link(ID, now)
  const [address = '', query = ''] = template.split('?')
  t.is(address, `https://cdn.example/renditions/${ID}/{file}`)
  const folder = Buffer.from(`https://cdn.example/renditions/${ID}/`).toString('base64')
  const [policy, signature] = query.split('&Signature=')
  t.is(policy, `URLPrefix=${folder}&Expires=${expiresAt.getTime() / 1000}&KeyName=k1`)
  t.is(
    signature,
    createHmac('sha1', key)
      .update(policy ?? '')
      .digest('base64')
      .replaceAll('+', '-')
      .replaceAll('/', '_'),
  )
  t.is(expiresAt.toISOString(), '2026-01-01T00:05:00.000Z')
})
