/**
 * Loaded into a process before everything else (`node --import`): rewrites named snippets of the program while it is
 * loaded. So a process can be made to die between two given lines, or be made wrong on purpose, and the program itself
 * has no door for it.
 */
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

export interface Rewrite {
  /** From the root of the repository. */
  readonly file: string
  /** What stands there exactly once. */
  readonly from: string
  readonly to: string
}

/** The text with the snippet rewritten; throws when it is not there exactly once. */
export function rewritten(text: string, { file, from, to }: Rewrite): string {
  const places = text.split(from).length - 1
  if (places !== 1) throw new Error(`${file} has ${places} of the snippet to rewrite, not one: ${from}`)
  return text.replace(from, () => to)
}

/** The environment of a process that these rewrites are loaded into. */
export const environmentOf = (rewrites: readonly Rewrite[]): NodeJS.ProcessEnv =>
  rewrites.length === 0 ? {} : { NODE_OPTIONS: `--import=${import.meta.url}`, KITH_REWRITES: JSON.stringify(rewrites) }

const given = JSON.parse(process.env.KITH_REWRITES ?? '[]') as Rewrite[]
if (given.length > 0)
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context)
      const here = given.filter(({ file }) => url === pathToFileURL(file).href)
      if (here.length === 0) return loaded
      const text = Buffer.from(loaded.source as Uint8Array).toString()
      return { ...loaded, source: here.reduce(rewritten, text) }
    },
  })
