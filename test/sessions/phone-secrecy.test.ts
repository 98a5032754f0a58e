import anyTest from 'ava'
import { dump } from '../support/dump.ts'
import { signUp } from '../support/person.ts'
import { withWorld, type World, type WorldTest } from '../support/world.ts'
import { newPhone, post, sendCode, wrong, verify } from './support/phone.ts'

const test = anyTest as WorldTest
withWorld(test)

const everyRow = async ({ db }: World) => [...(await dump(db)).values()].join('\n')

test('a phone number is in no column of the database, no ack and no event', async t => {
  const phone = newPhone()
  const said: unknown[] = []
  const sent = await sendCode(t.context, phone)
  said.push(sent.challengeId, await verify(t.context, wrong(sent)), await verify(t.context, sent))
  said.push(await post(t.context.urls[0], '/v1/auth/code', { phone: `${phone}00000000` }))

  const ada = await signUp({ name: 'Ada', phone, url: t.context.urls[0], inbox: t.context.env.SMS_ENDPOINT ?? '' })
  t.teardown(() => ada.client.close())
  const [bob] = await t.context.cast('Bob')
  await bob.call('friend:request', { userId: ada.id })
  await ada.call('friend:accept', { userId: bob.id })
  said.push(await ada.call('session:list', {}), await bob.call('profile:get', { userId: ada.id }))
  said.push(await bob.call('friend:list', {}), await ada.hearsAll(), await bob.hearsAll())

  const digits = phone.slice(3)
  const rows = await everyRow(t.context)
  t.true(rows.includes(ada.id), 'the dump has the rows')
  t.false(rows.includes(digits))
  t.false(rows.includes(Buffer.from(digits).toString('hex')))
  t.false(JSON.stringify(said).includes(digits))
})

test('a code is nowhere in the database', async t => {
  const sent = await sendCode(t.context, newPhone())
  const rows = await everyRow(t.context)
  t.true(rows.includes(sent.challengeId))
  t.notRegex(rows, new RegExp(`(?<![0-9a-f.-])${sent.code}(?![0-9a-f.-])`))
})
