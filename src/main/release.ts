import { release } from '../infra/db/release.ts'
import { readReleaseConfig } from './config.ts'

const { ownerUrl, appUrl } = readReleaseConfig()
await release(ownerUrl, appUrl)
