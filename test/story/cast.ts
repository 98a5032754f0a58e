import { startChild, type Child } from '../../src/local/children.ts'

/** Two web processes and a worker, each of which can be killed and started again at the same address. */
export interface Company extends AsyncDisposable {
  readonly urls: readonly [first: string, second: string]
  readonly children: readonly Child[]
  /** Kills one with no warning and starts it again; resolves when it is up. */
  kill(name: Role): Promise<void>
}

export const ROLES = ['web-1', 'web-2', 'worker'] as const
export type Role = (typeof ROLES)[number]

export async function startCompany(env: NodeJS.ProcessEnv): Promise<Company> {
  const children = new Map<Role, Child>()
  const start = async (role: Role, port = '0') => {
    const entry = role === 'worker' ? 'src/main/worker.ts' : 'src/main/web.ts'
    const log = { LOG_LEVEL: 'error', ...env, HOST: '127.0.0.1', INTERNAL_PORT: '0', PORT: port }
    children.set(role, await startChild(role, entry, log))
  }
  await Promise.all(ROLES.map(role => start(role)))
  const portOf = (role: Role) => String(children.get(role)?.up.port ?? 0)
  return {
    urls: [`http://127.0.0.1:${portOf('web-1')}`, `http://127.0.0.1:${portOf('web-2')}`],
    get children() {
      return [...children.values()]
    },
    async kill(role) {
      const port = portOf(role)
      const child = children.get(role)
      child?.process.kill('SIGKILL')
      await child?.ended
      await start(role, port)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...children.values()].map(child => child.stop()))
    },
  }
}
