import anyTest from 'ava'
import { toldOf } from '../support/inbox.ts'
import { proveMailbox } from '../support/mailbox.ts'
import { withWorld, type WorldTest } from '../support/world.ts'

const test = anyTest as WorldTest
withWorld(test)

test('a person sees how their account can be reached and signed in to', async t => {
  const [ada] = await t.context.cast('Ada')
  const account = await ada.call('account:get', {})
  t.like(account, {
    userId: ada.id,
    role: 'user',
    accountType: 'personal',
    phone: ada.phone,
    email: null,
    emailVerifiedAt: null,
    hasPassword: false,
    providers: [],
    changes: [],
  })
  t.truthy(account.phoneVerifiedAt)
})

test('what an account is for can be changed, its role cannot', async t => {
  const [ada] = await t.context.cast('Ada')
  t.is((await ada.call('account:update', { accountType: 'business' })).accountType, 'business')
  t.deepEqual(await ada.next('account:updated'), { userId: ada.id })
  t.like(await ada.refused('account:update', { accountType: 'personal', role: 'admin' } as never), {
    code: 'bad_request',
    fields: { role: 'role is not allowed' },
  })
  t.is((await ada.call('account:get', {})).role, 'user')
  t.is((await ada.call('account:update', { accountType: 'business' })).accountType, 'business')
  t.deepEqual(
    (await ada.hearsAll()).map(({ name }) => name),
    ['account:updated'],
  )
})

test('who cannot be told one way is told the other', async t => {
  const [ada] = await t.context.cast('Ada')
  await proveMailbox(t.context, ada)
  await t.context.db('users').where({ id: ada.id }).update({ email_sealed: 'unreadable' })
  await ada.call('account:deactivate', {})
  t.truthy(await toldOf(t.context, ada.phone, /is deactivated/))
})
