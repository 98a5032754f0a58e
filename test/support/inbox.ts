import { messagesTo } from './person.ts'
import type { World } from './world.ts'

type Inbox = Pick<World, 'env'>

/** Waits until a phone or mailbox has been told something that matches, not counting the first `seen` messages. */
export async function toldOf({ env }: Inbox, to: string, words: RegExp, seen = 0): Promise<string> {
  for (;;) {
    const messages = await messagesTo(env.SMS_ENDPOINT ?? '', to, seen)
    if (messages.length <= seen) throw new Error(`Nobody told ${to} of ${words}`)
    const found = messages.slice(seen).find(({ text }) => words.test(text))
    if (found) return found.text
    seen = messages.length
  }
}

async function sentBy<T>({ env }: Inbox, to: string, words: RegExp, ask: () => Promise<T>): Promise<[T, string]> {
  const { length } = await messagesTo(env.SMS_ENDPOINT ?? '', to)
  const answer = await ask()
  return [answer, words.exec(await toldOf({ env }, to, words, length))?.[1] ?? '']
}

/** What `ask` answers, and the code it has sent to a phone. */
export const codeSentTo = <T>(inbox: Inbox, phone: string, ask: () => Promise<T>) =>
  sentBy(inbox, phone, /^(\d{6}) is/, ask)

/** What `ask` answers, and the token of the link it has sent to a mailbox. */
export const linkSentTo = <T>(inbox: Inbox, email: string, ask: () => Promise<T>) =>
  sentBy(inbox, email, /#token=(\S+)/, ask)
