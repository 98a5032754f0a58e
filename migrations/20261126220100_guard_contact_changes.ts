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
    create function key_use() returns table (kid text, count integer)
      language sql stable security definer set search_path = '' as $$
        select kid, count(*)::integer from (
          select unnest(array[split_part(phone_sealed, '.', 2), split_part(email_sealed, '.', 2),
            split_part(phone_index, '.', 1), split_part(email_index, '.', 1)]) from public.users
          union all
          select unnest(array[split_part(subject_sealed, '.', 2), split_part(subject_index, '.', 1)])
            from public.authentication
          union all
          select split_part(sealed, '.', 2) from public.contact_changes
        ) kept (kid) where kid is not null group by kid order by kid $$;
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
