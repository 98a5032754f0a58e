/**
 * `npm run parked`: lists the entries of the log that the consumer could make nothing of. With `-- --replay <pos>`, or
 * `all`, it tries them again: what then works is parked no more.
 */
import { parseArgs } from 'node:util'
import { connectDb } from '../infra/db/connect.ts'
import { askAgain, listParked, type Parked } from '../infra/log/parked.ts'
import { readDatabaseUrl } from './config.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

const { replay } = parseArgs({ options: { replay: { type: 'string' } } }).values
const db = connectDb({ url: readDatabaseUrl(), poolSize: 1, name: 'kith-parked' })
try {
  if (replay === undefined) await list()
  else await ask(replay)
} finally {
  await db.destroy()
}

async function list(): Promise<void> {
  const parked = await listParked(db)
  parked.map(lineOf).forEach(say)
  if (parked.length === 0) say('Nothing is parked.')
}

async function ask(which: string): Promise<void> {
  if (which !== 'all' && !/^\d{1,15}$/.test(which)) throw new Error('Say --replay <pos> or --replay all')
  const asked = await askAgain(db, which === 'all' ? which : Number(which))
  say(`To be tried again: ${asked}.`)
  if (asked === 0) process.exitCode = 1
}

function lineOf({ consumer, pos, name, error, tries, parkedAt, askedAt }: Parked): string {
  const waits = askedAt ? ', to be tried again' : ''
  return `${pos}  ${name}  ${consumer}, ${tries} tries since ${parkedAt.toISOString()}${waits}: ${error}`
}
