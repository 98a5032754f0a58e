import knex, { type Knex } from 'knex'

const ROLE = 'kith_app'

/** How migrations are found, the same for the server and for knex's own command line. */
export const migrations: Knex.MigratorConfig = { directory: 'migrations', loadExtensions: ['.ts'], extension: 'ts' }

/** Brings a database to this version and lets the role of `appUrl` run the server. Safe to repeat. */
export async function release(ownerUrl: string, appUrl: string): Promise<void> {
  const db = knex({ client: 'pg', connection: ownerUrl, migrations })
  try {
    await db.migrate.latest()
    await admitRole(db, appUrl)
  } finally {
    await db.destroy()
  }
}

/** The role `kith_app` may sign in with the password of `appUrl`; a role of another name becomes its member. */
async function admitRole(db: Knex, appUrl: string): Promise<void> {
  const { username, password } = new URL(appUrl)
  const [name, secret] = [decodeURIComponent(username), decodeURIComponent(password)]
  const sql =
    name === ROLE
      ? await quoted(db, `alter role ${ROLE} login password %L`, secret)
      : await quoted(db, `grant ${ROLE} to %I`, name)
  await db.raw(sql).catch((error: unknown) => {
    // knex puts the statement into the message, and with it the password.
    const code = (error as { code?: string }).code ?? 'unknown'
    throw new Error(`The role ${name} could not be let in (SQLSTATE ${code})`)
  })
}

/** Roles cannot be bound as parameters, so PostgreSQL does the quoting. */
async function quoted(db: Knex, template: string, value: string): Promise<string> {
  const { rows } = await db.raw<{ rows: [{ sql: string }] }>('select format(?, ?::text) as sql', [template, value])
  return rows[0].sql
}
