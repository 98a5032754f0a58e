import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table media
      add column kind text not null default 'image'
        constraint ck_media_kind check (kind in ('image', 'video', 'audio')),
      -- The exact content that was found right when its upload was complete.
      add column generation text,
      add column duration_ms integer constraint ck_media_duration check (duration_ms >= 0),
      add column color text,
      add column is_animated boolean not null default false,
      -- What its renditions take in storage.
      add column stored_bytes integer not null default 0,
      -- When it was put into something, which happens once.
      add column attached_at timestamptz,
      -- When the last of its objects was deleted, of one that is removed.
      add column purged_at timestamptz,
      drop constraint ck_media_status,
      drop constraint ck_media_ready,
      add constraint ck_media_status check (status in ('awaiting', 'processing', 'ready', 'failed', 'removed')),
      add constraint ck_media_ready check (
        status <> 'ready'
        or case kind when 'audio' then duration_ms is not null else width > 0 and height > 0 and thumbhash is not null end),
      add constraint ck_media_purged check (purged_at is null or status in ('failed', 'removed'));
    update media m set
      color = '#808080',
      stored_bytes = (select coalesce(sum((r ->> 'bytes')::integer), 0) from jsonb_array_elements(m.renditions) r),
      attached_at = (select max(a.created_at) from post_media a where a.media_id = m.id),
      renditions = (
        select coalesce(jsonb_agg(jsonb_build_object(
          'file', concat(r ->> 'size', '.', r ->> 'format'), 'type', concat('image/', r ->> 'format'),
          'width', r -> 'width', 'height', r -> 'height', 'bytes', r -> 'bytes')), '[]')
        from jsonb_array_elements(m.renditions) r);
    -- What a person asked to upload in a day, and what is kept of theirs.
    create index idx_media_asked on media (owner_id, created_at) include (bytes);
    create index idx_media_kept on media (owner_id) include (stored_bytes) where status = 'ready';
    -- What is to be removed from storage: on its way out, or never put into anything.
    create index idx_media_unpurged on media (updated_at) where status = 'removed' and purged_at is null;
    create index idx_media_unattached on media (updated_at) where status = 'ready' and attached_at is null;
    create index idx_media_stale on media (updated_at) where status in ('awaiting', 'processing');
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index idx_media_asked, idx_media_kept, idx_media_unpurged, idx_media_unattached, idx_media_stale;
    delete from media where kind <> 'image' or status = 'removed';
    update media m set renditions = (
      select coalesce(jsonb_agg(jsonb_build_object(
        'key', concat('renditions/', m.id, '/', r ->> 'file'),
        'size', split_part(r ->> 'file', '.', 1)::integer, 'format', split_part(r ->> 'file', '.', 2),
        'width', r -> 'width', 'height', r -> 'height', 'bytes', r -> 'bytes')), '[]')
      from jsonb_array_elements(m.renditions) r where r ->> 'file' ~ '^\\d+\\.(webp|jpeg)$');
    alter table media
      drop constraint ck_media_status,
      drop constraint ck_media_ready,
      drop column kind, drop column generation, drop column duration_ms, drop column color, drop column is_animated,
      drop column stored_bytes, drop column attached_at, drop column purged_at,
      add constraint ck_media_status check (status in ('awaiting', 'processing', 'ready', 'failed')),
      add constraint ck_media_ready check (status <> 'ready' or (width > 0 and height > 0 and thumbhash is not null));
  `)
}
