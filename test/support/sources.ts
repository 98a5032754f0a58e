import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export interface Import {
  /** A path from the root of the repository, or the name of a package. */
  readonly target: string
  /** It is gone when the program runs. */
  readonly typeOnly: boolean
}

export interface Source {
  /** From the root of the repository. */
  readonly file: string
  readonly text: string
  readonly imports: readonly Import[]
}

const NAMES = String.raw`(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\}|[\w$]+(?:\s*,\s*(?:\{[^}]*\}|\*\s+as\s+[\w$]+))?)`
const STATIC = new RegExp(String.raw`^(?:import|export)\s+(type\s+)?(?:${NAMES}\s*from\s*)?['"]([^'"]+)['"]`, 'gm')
const DYNAMIC = /\bimport(?:\.meta\.resolve)?\(\s*['"]([^'"]+)['"]\s*\)/g

/** A file with what it imports, in whichever way: over several lines, `export … from`, for its effect, dynamically, or as a path. */
export function sourceOf(file: string, text: string): Source {
  const targetOf = (name: string) =>
    name.startsWith('.') ? path.posix.join(path.posix.dirname(file), name) : packageOf(name)
  const imports = [
    ...[...text.matchAll(STATIC)].map(([, type, name = '']) => ({ target: targetOf(name), typeOnly: Boolean(type) })),
    ...[...text.matchAll(DYNAMIC)].map(([, name = '']) => ({ target: targetOf(name), typeOnly: false })),
  ]
  return { file, text, imports }
}

/** The package a name belongs to: `firebase-admin/app` to `firebase-admin`. */
const packageOf = (name: string) =>
  name.startsWith('node:')
    ? name
    : name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/')

/** Every TypeScript file in these folders. */
export const readSources = (...folders: string[]): Source[] =>
  folders.flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts'))
      .map(name => path.posix.join(folder, name))
      .toSorted()
      .map(file => sourceOf(file, readFileSync(file, 'utf8'))),
  )
