import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table media (
      id uuid primary key default uuidv7(),
      owner_id uuid not null constraint fk_media_owner references users (id) on delete cascade,
      status text not null default 'awaiting'
        constraint ck_media_status check (status in ('awaiting', 'processing', 'ready', 'failed')),
      -- Where the original waits; random, so that nobody can guess it.
      upload_key text not null constraint uq_media_upload_key unique,
      content_type text not null,
      bytes integer not null constraint ck_media_bytes check (bytes > 0),
      width integer,
      height integer,
      thumbhash text,
      renditions jsonb not null default '[]',
      failure text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      constraint ck_media_ready check (status <> 'ready' or (width > 0 and height > 0 and thumbhash is not null)),
      constraint ck_media_failed check ((status = 'failed') = (failure is not null))
    );
    -- How many uploads of one person are under way.
    create index idx_media_unfinished on media (owner_id) where status in ('awaiting', 'processing');
    create trigger update_media_updated_at before update on media for each row execute function touch_updated_at();
    grant select, insert, update on media to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('media')
}
