/** `node src/main/env-example.ts > .env.example` */
import { variables } from './config.ts'

/** Every environment variable with what it is for, empty where there is no default. */
export const envExample = (): string =>
  Object.entries(variables)
    .map(([name, { about, rule }]) => `# ${about}\n${name}=${defaultOf(rule.describe().flags)}\n`)
    .join('\n')

const defaultOf = (flags: object = {}) => ('default' in flags ? String(flags.default) : '')

if (import.meta.main) process.stdout.write(envExample())
