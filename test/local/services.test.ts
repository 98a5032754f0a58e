import test from 'ava'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { once } from 'node:events'
import path from 'node:path'
import { smtpMail } from '../../src/infra/mail/index.ts'
import { startLocalServices } from '../../src/local/services.ts'
import { temporaryFolder } from './support/folder.ts'
import { redisSource, sql, withRedis } from './support/servers.ts'

const everything = { database: true, redis: true, storage: true, firebase: true, sms: true, mail: true }
const nothing = { database: false, redis: false, storage: false, firebase: false, sms: false, mail: false }

test('everything starts with one call, is announced, and keeps its addresses between runs', async t => {
  const folder = await temporaryFolder(t)
  const lines: string[] = []
  const options = {
    folder,
    want: everything,
    durable: false,
    ...redisSource,
    announce: (line: string) => lines.push(line),
  }
  const first = await startLocalServices(options)
  t.teardown(first.stop)

  t.deepEqual(await sql(first.env.DATABASE_OWNER_URL ?? '', 'select 1 as one'), [{ one: 1 }])
  t.is(await withRedis(first.env.REDIS_URL ?? '', redis => redis.ping()), 'PONG')
  t.deepEqual(Object.keys(first.env).toSorted(), [
    'DATABASE_OWNER_URL',
    'FIREBASE_ENDPOINT',
    'GOOGLE_APPLICATION_CREDENTIALS',
    'GOOGLE_CLOUD_PROJECT',
    'MAIL_FROM',
    'MAIL_URL',
    'REDIS_URL',
    'SMS_ENDPOINT',
    'STORAGE_BUCKET',
    'STORAGE_ENDPOINT',
  ])
  t.is(lines.length, 6)
  t.true(lines.every(line => line.includes('127.0.0.1:') && !line.includes('\n')))

  await first.stop()
  const { port } = new URL(first.env.SMS_ENDPOINT ?? '')
  await t.throwsAsync(once(connect(Number(port), '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' })

  const second = await startLocalServices(options)
  t.teardown(second.stop)
  t.deepEqual(second.env, first.env)
})

test('a folder serves one start at a time', async t => {
  const folder = await temporaryFolder(t)
  const options = { folder, want: { ...nothing, sms: true }, announce: () => undefined }
  const first = await startLocalServices(options)
  t.teardown(first.stop)
  await t.throwsAsync(startLocalServices(options), {
    message: `Local services: cannot use ${folder}: it is in use by process ${process.pid}; stop that one, or name another folder in KITH_FOLDER`,
  })

  await first.stop()
  await writeFile(path.join(folder, 'lock'), `of-a-killed-start ${new URL(first.env.SMS_ENDPOINT ?? '').port} 1`)
  const second = await startLocalServices(options)
  await second.stop()
})

test('mail is read beside the text messages, and on a page of its own where there are none', async t => {
  for (const sms of [true, false]) {
    const folder = await temporaryFolder(t)
    const lines: string[] = []
    const want = { ...nothing, mail: true, sms }
    const { env, stop } = await startLocalServices({ folder, want, announce: line => lines.push(line) })
    t.teardown(stop)
    const mail = smtpMail({ url: env.MAIL_URL ?? '', from: env.MAIL_FROM ?? '', requireTls: false })
    await mail.send({ to: 'ada@kith.example', subject: 'Hello', text: 'Hello' })
    const [page = ''] = /http:\S+\d/.exec(lines.join('\n')) ?? []
    t.is(env.SMS_ENDPOINT, sms ? page : undefined)
    t.regex(await (await fetch(page)).text(), /Mail to <b>ada@kith.example/)
  }
})

test('when one service fails, the others are stopped and the error says which and why', async t => {
  const folder = await temporaryFolder(t)
  const want = { ...nothing, redis: true, sms: true }
  const lines: string[] = []
  const options = { folder, want, redisBinary: '/nowhere/redis-server', announce: (line: string) => lines.push(line) }
  await t.throwsAsync(startLocalServices(options), {
    message: 'Local services: Redis did not start: REDIS_SERVER_BIN is no program: /nowhere/redis-server',
  })
  t.deepEqual(lines, [])
  const again = await startLocalServices({ ...options, want: { ...nothing, sms: true } })
  await again.stop()
})
