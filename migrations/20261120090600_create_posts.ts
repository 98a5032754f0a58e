import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table posts (
      id uuid primary key default uuidv7(),
      author_id uuid not null constraint fk_posts_author references users (id) on delete cascade,
      text text not null default '' constraint ck_posts_text check (char_length(text) <= 5000),
      visibility text not null
        constraint ck_posts_visibility check (visibility in ('public', 'friends', 'private')),
      comment_count integer not null default 0 constraint ck_posts_comment_count check (comment_count >= 0),
      version integer not null default 1,
      deleted_at timestamptz,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );
    -- A profile page reads one author's living posts, newest first; ids grow with time.
    create index idx_posts_author on posts (author_id, id desc) where deleted_at is null;
    create trigger update_posts_updated_at before update on posts for each row execute function touch_updated_at();

    create table post_media (
      post_id uuid not null constraint fk_post_media_post references posts (id) on delete cascade,
      media_id uuid not null constraint fk_post_media_media references media (id),
      position integer not null constraint ck_post_media_position check (position between 0 and 9),
      alt_text text not null default '' constraint ck_post_media_alt_text check (char_length(alt_text) <= 1000),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (post_id, position),
      constraint uq_post_media_media unique (media_id)
    );
    grant select, insert, update on posts to kith_app;
    grant select, insert on post_media to kith_app;
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('post_media').dropTable('posts')
}
