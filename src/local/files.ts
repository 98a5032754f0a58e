import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'

/** The text of a file, or null when there is no such file. */
export function readIfPresent(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Writes a file so that whoever reads it sees the old text or the new, never half of it. Private by default. */
export function writeAtomically(file: string, text: string, mode = 0o600): void {
  const fresh = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(fresh, text, { mode })
  renameSync(fresh, file)
}

/** Reads JSON whose form is known: we wrote it, or the client that stands before us always sends it so. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the one place where a form is taken on trust
export const parseJson: <Form>(text: string) => Form = JSON.parse

/** Whether an error says that a file is not there. */
export const isMissing = (error: unknown): boolean => hasCode(error, 'ENOENT')

/** Whether an error of the operating system carries this code. */
export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

/** What went wrong, in one line. */
export function inOneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean)
    .join(' ')
}
