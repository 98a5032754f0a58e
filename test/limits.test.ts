import test from 'ava'
import { registry } from '../src/kernel/app.ts'
import { limitsOf } from '../src/main/contract/markdown.ts'
import { slices } from '../src/main/domains.ts'

const { commands } = registry(slices)

const READ = '120/minute for each caller'

/** What each command that could be abused is limited to: a change here is a decision. */
const TABLE = {
  'room:join': READ,
  'settings:get': READ,
  'settings:update': '60/hour for each caller',
  'friend:request': '60/hour and 200/day for each caller, 3/day for each caller on one person',
  'friend:list': READ,
  'block:list': READ,
  'profile:list': READ,
  'profile:search': '30/minute for each caller, 120/minute for each address',
  'profile:update': '20/hour for each caller',
  'profile:check_username': '20/minute for each caller, 60/minute for each address',
  'upload:sign': '60/hour for each caller',
  'media:get': READ,
  'post:create': '10/hour and 50/day for each caller, 1/5 of that on the first day of an account',
  'post:get': READ,
  'post:list': READ,
  'comment:create': '20/minute and 300/day for each caller, 10/minute for each caller on one post',
  'comment:list': READ,
  'typing:set': READ,
  'notification:list': READ,
  'device:register': '10/day for each caller',
}

for (const [name, limits] of Object.entries(TABLE))
  test(`${name} is limited to ${limits}`, t => {
    const command = commands.get(name)
    t.is(command && limitsOf(command), limits)
  })
