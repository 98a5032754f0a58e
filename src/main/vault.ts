import { vault } from '../infra/vault.ts'
import type { Config } from './config.ts'

/** What keeps personal data unreadable, with the keys of a configuration. */
export const vaultOf = ({ keys: { seal, index, code, refresh } }: Config) =>
  vault({
    sealKeys: seal.keys,
    activeKid: seal.activeKid,
    indexKeys: index.inOrder,
    codeKey: code,
    refreshKey: refresh,
  })
