import type { InboxMessage } from './inbox.ts'

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem }
  h1 { font-size: 1.25rem; margin: 0 }
  header, footer, .empty { opacity: .7 }
  article { border: 1px solid #8884; border-radius: .75rem; padding: .75rem 1rem; margin: 1rem 0 }
  article header { display: flex; justify-content: space-between; font-size: .85rem }
  p { margin: .25rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere }
  .subject { font-weight: 600 }
`

/** The page that shows what was received, newest first. It asks for itself again every two seconds. */
export function inboxPage(newestFirst: readonly InboxMessage[]): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="2">
<title>Kith inbox</title>
<style>${STYLE}</style>
<header><h1>Kith inbox</h1>Text messages and mail that would have left this machine, newest first.</header>
<main>
${newestFirst.map(article).join('\n') || '<p class="empty">Nothing yet.</p>'}
</main>
</html>
`
}

function article({ kind, to, from, subject, text, at }: InboxMessage): string {
  const sender = from ? ` from ${escapeHtml(from)}` : ''
  const title = subject ? `<p class="subject">${escapeHtml(subject)}</p>` : ''
  const what = kind === 'sms' ? 'Text' : 'Mail'
  return `<article>
<header><span>${what} to <b>${escapeHtml(to)}</b>${sender}</span><time datetime="${at}">${at.slice(11, 19)} UTC</time></header>
${title}<p>${escapeHtml(text)}</p>
</article>`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, character => ESCAPES[character] ?? character)
