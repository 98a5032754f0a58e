import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { User } from '../src/domains/accounts/model.ts'
import { connectDb } from '../src/infra/db/connect.ts'
import { readConfig } from '../src/main/config.ts'
import { firstUserId } from './rows.ts'
import { people } from './world.ts'

/**
 * Makes a small world of people who know each other, on the first local start: accounts, friendships, posts with
 * pictures, comments and notifications, the same on every machine. It needs a worker for the pictures, and is made
 * wholly or not at all. A database in which others live is left alone; nobody is there to sign in as then.
 */
export async function seed(env: NodeJS.ProcessEnv): Promise<readonly { name: string; phone: string }[]> {
  const { production, database } = readConfig(env)
  if (production) throw new Error('The demo world is not for production')
  const found = await inhabitants(database.url)
  if (found === 'nobody') {
    process.stdout.write('Making a demo world of people, posts and pictures; only this once\n')
    await plant(env)
  }
  return found === 'others' ? [] : Object.values(people)
}

async function inhabitants(url: string): Promise<'nobody' | 'ours' | 'others'> {
  const db = connectDb({ url, poolSize: 1, name: 'kith-seed' })
  try {
    if (await User.query(db).findById(firstUserId).select('id')) return 'ours'
    return (await User.query(db).select('id').first()) ? 'others' : 'nobody'
  } finally {
    await db.destroy()
  }
}

async function plant(env: NodeJS.ProcessEnv): Promise<void> {
  const file = fileURLToPath(new URL('plant.ts', import.meta.url))
  const child = spawn(process.execPath, [file], {
    env: { ...env, LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error('The demo world could not be made')
}
