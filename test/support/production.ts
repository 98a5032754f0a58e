import { randomBytes } from 'node:crypto'
import { readConfig } from '../../src/main/config.ts'

export const key = () => randomBytes(32).toString('base64')

/** A whole environment for production. */
export const production = {
  NODE_ENV: 'production',
  APP_URL: 'https://app.kith.example',
  TRUSTED_HOPS: '1',
  DATABASE_URL: 'postgres://kith_app:long-password@db.example/kith',
  REDIS_URL: 'redis://:long-password@redis.example:6379',
  GOOGLE_CLOUD_PROJECT: 'kith-example',
  STORAGE_BUCKET: 'kith-media',
  MEDIA_URL: 'https://media.kith-files.example',
  MEDIA_KEYS: `m1:${key()}`,
  TWILIO_ACCOUNT_SID: `AC${'0a'.repeat(16)}`,
  TWILIO_AUTH_TOKEN: 'a token',
  TWILIO_FROM: '+15005550006',
  SMS_COUNTRIES: 'DE,AT,CH',
  MAIL_URL: 'smtps://kith:long-password@mail.example',
  MAIL_FROM: 'Kith <hello@kith.example>',
  ACCESS_TOKEN_KEYS: `a2:${key()},a1:${key()}`,
  SEAL_KEYS: `s1:${key()}`,
  INDEX_KEYS: `i1:${key()}`,
  CODE_KEY: key(),
  REFRESH_KEY: key(),
  PASSWORD_KEYS: `p1:${key()}`,
}

/** What production cannot be without. */
export const needed = Object.keys(production).filter(name => name !== 'NODE_ENV')

/** What reading production with these changes complains of, line by line. */
export function complaints(changes: NodeJS.ProcessEnv): string[] {
  try {
    readConfig({ ...production, ...changes })
    return []
  } catch (error) {
    const [head, ...lines] = String(error).split('\n')
    return head === 'Error: The environment is not right:' ? lines.map(line => line.trim()) : [String(error)]
  }
}
