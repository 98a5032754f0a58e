import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table contact_changes enable row level security, force row level security;
    create policy own on contact_changes
      using (user_id = (select app_user())) with check (user_id = (select app_user()));
    create policy find on contact_changes for select to current_user using (true);

    -- Whoever makes the changes acts for nobody until it is known whose are due: in order, those behind the given one.
    create function due_contact_changes(due_by timestamptz, behind_user uuid, behind_kind text, most integer)
      returns table (user_id uuid, kind text)
      language sql stable security definer set search_path = '' as $$
        select user_id, kind from public.contact_changes
        where due_at <= due_by and (user_id, kind) > (behind_user, behind_kind)
        order by user_id, kind limit most $$;

    -- How much is kept under each key, by the ids of the keys: those that seal, and those that blind.
    create function key_use() returns table (ring text, kid text, count integer)
      language sql stable security definer set search_path = '' as $$
        select ring, split_part(value, '.', case ring when 'seal' then 2 else 1 end) as kid, count(*)::integer from (
          select value.* from public.users, lateral (values
            ('seal', phone_sealed), ('seal', email_sealed), ('index', phone_index), ('index', email_index)) value
          union all
          select value.* from public.authentication, lateral (values
            ('seal', subject_sealed), ('index', subject_index)) value
          union all
          select 'seal', sealed from public.contact_changes
        ) kept (ring, value) where value is not null group by 1, 2 order by 1, 2 $$;
    revoke all on function due_contact_changes(timestamptz, uuid, text, integer), key_use() from public;
    grant execute on function due_contact_changes(timestamptz, uuid, text, integer), key_use() to kith_app`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function due_contact_changes(timestamptz, uuid, text, integer), key_use();
    drop policy own on contact_changes;
    drop policy find on contact_changes;
    alter table contact_changes disable row level security, no force row level security`)
}
