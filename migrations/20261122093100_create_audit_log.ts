import type { Knex } from 'knex'

const keepRecords = (...tables: string[]) => `
    create or replace function keep_records() returns void
      language sql security definer set search_path = '' as $$
      ${tables.map(table => `select public.keep_months('${table}', '13 months');`).join('\n      ')}
    $$;`

/** What is told of, by table: the key of a row, and the columns that decide what somebody may do or reach. */
const AUDITED = {
  users: ['id', 'status', 'role', 'account_type', 'token_epoch', 'email_verified_at', 'phone_verified_at'],
  sessions: ['id', 'revoked_at'],
  profiles: ['user_id', 'username', 'is_verified'],
}

const attach = ([table, columns]: [string, string[]]) =>
  `create trigger audit after insert or update or delete on ${table}
      for each row execute function audit(${columns.map(column => `'${column}'`).join(', ')});`

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- Who changed what decides over rights and access. To erase a person, replace their id where it is actor_id or row_id
    -- by an id made of a keyed digest of it, as the owner: nothing refers to these rows. Of what is personal there are
    -- usernames only, which go with: changes - 'username'.
    create table audit_log (
      id uuid not null default uuidv7(),
      -- For whom it was done: by themselves, or by a job or an operator in their name; null while nobody is known.
      actor_id uuid,
      table_name text not null,
      row_id uuid not null,
      action text not null constraint ck_audit_log_action check (action in ('insert', 'update', 'delete')),
      -- {column: [old, new]}
      changes jsonb not null constraint ck_audit_log_changes check (jsonb_typeof(changes) = 'object'),
      created_at timestamptz not null default now(),
      primary key (id, created_at)
    ) partition by range (created_at);
    -- What happened to one row.
    create index idx_audit_log_row on audit_log (row_id, id);
    -- What one person did, and whom an erasure finds.
    create index idx_audit_log_actor on audit_log (actor_id, id) where actor_id is not null;
    create table audit_log_rest partition of audit_log default;
    alter table audit_log enable row level security, force row level security;
    alter table audit_log_rest enable row level security, force row level security;
    create policy keep on audit_log for all to current_user using (true);
    create policy keep on audit_log_rest for all to current_user using (true);
    select keep_months('audit_log', '13 months');
    ${keepRecords('activities', 'audit_log')}

    -- The arguments are the column of a row's key, then the columns that may be told of. Any other is left out, and one
    -- that the table does not have yet is told of once it has. A change of none of them leaves no line.
    create function audit() returns trigger language plpgsql security definer set search_path = '' as $$
    declare
      before jsonb := case when tg_op = 'INSERT' then '{}' else to_jsonb(old) end;
      after jsonb := case when tg_op = 'DELETE' then '{}' else to_jsonb(new) end;
      told jsonb;
    begin
      select jsonb_object_agg(name, jsonb_build_array(before -> name, after -> name)) into told
      from unnest(tg_argv[1:]) name where before ->> name is distinct from after ->> name;
      if told is not null or tg_op = 'DELETE' then
        insert into public.audit_log (actor_id, table_name, row_id, action, changes)
        values (public.app_user(), tg_table_name, coalesce(after ->> tg_argv[0], before ->> tg_argv[0])::uuid,
          lower(tg_op), coalesce(told, '{}'));
      end if;
      return null;
    end $$;
    revoke all on function audit() from public;

    ${Object.entries(AUDITED).map(attach).join('\n    ')}
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${Object.keys(AUDITED)
      .map(table => `drop trigger audit on ${table};`)
      .join('\n    ')}
    drop function audit();
    ${keepRecords('activities')}
    drop table audit_log;
  `)
}
