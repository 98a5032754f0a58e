import test from 'ava'
import { startCompany } from '../story/cast.ts'
import { signUp } from '../support/person.ts'
import { freshEnvironment } from '../support/world.ts'

test('a relay that is frozen while it leads holds up the log for seconds, not for as long as it sleeps', async t => {
  const { env, drop } = await freshEnvironment()
  t.teardown(drop)
  await using company = await startCompany(env)
  await company.kill('web-2') // started last, it does not lead
  const ada = await signUp({ name: 'Ada', url: company.urls[1], inbox: env.SMS_ENDPOINT ?? '' })
  t.teardown(() => ada.client.close())
  await ada.hearsAll()
  const others = company.children.filter(({ name }) => name !== 'web-2')
  for (const { process } of others) process.kill('SIGSTOP')
  await ada.hearsAll()
  for (const { process } of others) process.kill('SIGCONT')
  await ada.hearsAll()
  t.pass()
})
