import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table comments (
      id uuid primary key default uuidv7(),
      post_id uuid not null constraint fk_comments_post references posts (id) on delete cascade,
      author_id uuid not null constraint fk_comments_author references users (id) on delete cascade,
      text text not null constraint ck_comments_text check (char_length(text) between 1 and 2000),
      deleted_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    -- The living comments under one post, newest first.
    create index idx_comments_post on comments (post_id, id desc) where deleted_at is null;
    create trigger update_comments_updated_at before update on comments for each row execute function touch_updated_at();
    grant select, insert, update on comments to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('comments')
}
