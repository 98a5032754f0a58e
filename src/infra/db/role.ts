import type { Knex } from 'knex'

/**
 * Throws when the runtime role could get round row-level security: as superuser, by BYPASSRLS, or as owner of a table, by
 * itself or as a member of another role.
 */
export async function assertDeployable(db: Knex): Promise<void> {
  const { rows } = await db.raw<{ rows: { bypasses: boolean; owns: boolean }[] }>(`
    select
      exists (select from pg_roles where (rolsuper or rolbypassrls) and pg_has_role(oid, 'member')) as bypasses,
      exists (select from pg_class
        where pg_has_role(relowner, 'member') and relnamespace = 'public'::regnamespace) as owns`)
  const [role] = rows
  if (!role || role.bypasses || role.owns)
    throw new Error('DATABASE_URL must name a role that owns nothing and cannot bypass row-level security')
}
