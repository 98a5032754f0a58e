import type { Knex } from 'knex'

/** Throws when the runtime role could get round row-level security: as superuser, by BYPASSRLS, or as owner of a table. */
export async function assertDeployable(db: Knex): Promise<void> {
  const { rows } = await db.raw<{ rows: { bypasses: boolean; owns: boolean }[] }>(`
    select rolsuper or rolbypassrls as bypasses,
      exists (select from pg_class where relowner = r.oid and relnamespace = 'public'::regnamespace) as owns
    from pg_roles r where rolname = current_user`)
  const [role] = rows
  if (!role || role.bypasses || role.owns)
    throw new Error('DATABASE_URL must name a role that owns nothing and cannot bypass row-level security')
}
