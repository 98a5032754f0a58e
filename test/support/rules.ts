import test from 'ava'
import { readSources, sourceOf, type Source } from './sources.ts'

/** Answers the violations of one rule of the house, each in words. */
export type Rule = (sources: readonly Source[]) => string[]

export const sources = readSources('src', 'client', 'test')

/** Tests that no file breaks a rule, and that the rule notices each of these small programs, which do. */
export function rule(title: string, violations: Rule, ...broken: Readonly<Record<string, string>>[]): void {
  test(title, t => {
    t.deepEqual(violations(sources), [])
    for (const files of broken) {
      const program = Object.entries(files).map(([file, text]) => sourceOf(file, text))
      t.is(violations(program).length, 1, JSON.stringify(files))
    }
  })
}

/** Whether a file is in one of these folders, or one of these files. */
export const inside = (file: string, folders: readonly string[]): boolean =>
  folders.some(folder => folder === '' || file === folder || file.startsWith(`${folder}/`))

export const isOurs = (target: string): boolean => target.endsWith('.ts')

/** A rule on each import of the files in `folder`; true is a violation. */
export const imports =
  (folder: string, isWrong: (target: string, file: string, typeOnly: boolean) => boolean): Rule =>
  sources =>
    sources
      .filter(({ file }) => inside(file, [folder]))
      .flatMap(({ file, imports }) =>
        imports
          .filter(({ target, typeOnly }) => isWrong(target, file, typeOnly))
          .map(({ target }) => `${file} -> ${target}`),
      )

/** A rule on the text of the files in `folders`. */
export const writes =
  (pattern: RegExp, folders: readonly string[], except: readonly string[] = []): Rule =>
  sources =>
    sources
      .filter(({ file, text }) => inside(file, folders) && !inside(file, except) && pattern.test(text))
      .map(({ file }) => file)
