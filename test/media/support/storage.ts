import { googleBlobs } from '../../../src/infra/blobs/index.ts'
import type { World } from '../../support/world.ts'

/** The storage of a world, as its server reaches it. */
export const storageOf = ({ config: { storage, project } }: Pick<World, 'config'>) =>
  googleBlobs({ bucket: storage.bucket, project, ...(storage.endpoint && { endpoint: storage.endpoint }) })
