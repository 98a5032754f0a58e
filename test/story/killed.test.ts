import { setTimeout } from 'node:timers/promises'
import test from 'ava'
import { makePhoto } from '../support/photo.ts'
import { freshEnvironment } from '../support/world.ts'
import { ROLES, startCompany, type Role } from './cast.ts'
import { tell } from './telling.ts'

test('killed at any moment of the story and started again, no acknowledged step is missing', async t => {
  t.timeout(180_000)
  const { env, drop } = await freshEnvironment({ LOG_LEVEL: 'error' })
  t.teardown(drop)
  await using company = await startCompany(env)
  const [first, second] = company.urls
  const photo = await makePhoto({ width: 4000, height: 3000 })
  const { SMS_ENDPOINT: inbox = '', FIREBASE_ENDPOINT: firebase = '' } = env

  const killed = new Map<Role, number>()
  let steps = 0
  await tell({
    first,
    second,
    inbox,
    firebase,
    photo,
    async step(_name, work) {
      const role = ROLES[steps % ROLES.length] ?? 'worker'
      const moment = (steps * 37) % 120 // somewhere within the step, another place each time
      steps += 1
      const fault = async () => {
        await setTimeout(moment)
        await company.kill(role)
        killed.set(role, (killed.get(role) ?? 0) + 1)
      }
      const [result] = await Promise.all([work(), fault()])
      return result
    },
  })
  t.true(
    ROLES.every(role => (killed.get(role) ?? 0) >= 3),
    JSON.stringify([...killed]),
  )
})
