import test from 'ava'
import { registry } from '../src/kernel/app.ts'
import { limitsOf } from '../src/main/contract/markdown.ts'
import { slices } from '../src/main/domains.ts'

const { commands } = registry(slices)

const STRICT = 'none while they cannot be counted'
const strangers = (rates: string, caller = rates) => `${caller} for each caller, ${rates} for each address`
const asking = strangers('10/hour and 30/day', '5/hour')
const sending = (each: string) => `1/minute and 5/hour and 10/day for each ${each} over all commands`
const READ = '120/minute for each caller'

/** What each command that could be abused is limited to: a change here is a decision. */
const TABLE = {
  'code:request': `${asking}, ${sending('phone')}, ${STRICT}`,
  'link:request': `${asking}, ${sending('mailbox')}, ${STRICT}`,
  'session:start': `${strangers('30/hour')}, 10/hour for each code, ${STRICT}`,
  'session:start_by_link': `${strangers('30/hour')}, ${STRICT}`,
  'session:start_by_password': `${strangers('30/10 minutes')}, ${STRICT}`,
  'session:start_by_provider': `${strangers('30/hour')}, ${STRICT}`,
  'session:refresh': `${strangers('300/hour')}, 30/hour for each session, ${STRICT}`,
  'phone:change': `5/hour for each caller, ${sending('phone')}, ${STRICT}`,
  'email:change': `5/hour for each caller, ${sending('mailbox')}, ${STRICT}`,
  'password:request_reset': `${strangers('5/hour')}, 3/hour for each mailbox, ${STRICT}`,
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
