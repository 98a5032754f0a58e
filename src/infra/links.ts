import type { Links } from '../kernel/ports.ts'

/** Links into the app at `base`; each page of it is a path. */
export const appLinks = (base: string): Links => ({
  for: (page, token) => `${base.replace(/\/+$/, '')}/${page.replaceAll('_', '-')}#token=${token}`,
})
