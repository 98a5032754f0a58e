import type { Knex } from 'knex'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table profiles
      add column location text constraint ck_profiles_location check (char_length(location) between 1 and 100),
      add column website text constraint ck_profiles_website
        check (website ~ '^http(s|)://' and char_length(website) <= 200),
      add column birth_date date constraint ck_profiles_birth_date check (birth_date >= '1900-01-01'),
      add column gender text constraint ck_profiles_gender check (char_length(gender) between 1 and 20),
      -- The badge that staff gives.
      add column is_verified boolean not null default false,
      -- Which of its states this is; that of somebody who has said nothing is 0.
      add column version integer not null default 1 constraint ck_profiles_version check (version >= 0);
  `)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table profiles drop column location, drop column website, drop column birth_date, drop column gender,
      drop column is_verified, drop column version;
  `)
}
