import type { Knex } from 'knex'
import { migrations } from './src/infra/db/release.ts'
import { readReleaseConfig } from './src/main/config.ts'

const config: Knex.Config = { client: 'pg', connection: readReleaseConfig().ownerUrl, migrations }
export default config
