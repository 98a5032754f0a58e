import type { Mail } from '../../kernel/ports.ts'

export interface SmtpMailOptions {
  /** `smtps://user:password@host:port`, or `smtp://`, which asks for TLS where the server offers it. */
  readonly url: string
  /** Whom mail is from: `Kith <hello@kith.example>`. */
  readonly from: string
  /** Sends nothing, not even the password, over `smtp://` before the server has gone over to TLS. */
  readonly requireTls: boolean
}

const TIMEOUT_MS = 10_000

/** Mail over SMTP by nodemailer, which is loaded when the first one is sent. Each has a connection of its own. */
export function smtpMail(options: SmtpMailOptions): Mail {
  let opening: ReturnType<typeof open> | null = null
  return {
    async send({ to, subject, text }) {
      const transport = await (opening ??= open(options))
      try {
        // As an object the address is one address, whatever commas and brackets are in it.
        await transport.sendMail({ from: options.from, to: { name: '', address: to }, subject, text, headers: HEADERS })
      } catch (error) {
        throw withoutAddress(error)
      }
    },
  }
}

/** Asks the machines that answer mail, such as out-of-office notes, not to answer this one. */
const HEADERS = { 'Auto-Submitted': 'auto-generated' }

async function open({ url, requireTls }: SmtpMailOptions) {
  const { createTransport } = await import('nodemailer')
  const { protocol, hostname, port, username, password } = new URL(url)
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)]
  return createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    secure: protocol === 'smtps:',
    requireTLS: requireTls,
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    dnsTimeout: TIMEOUT_MS,
    ...(port && { port: Number(port) }),
    ...(user && { auth: { user, pass } }),
  })
}

// A server's answer repeats the address it was about, and the library's errors keep both.
const withoutAddress = (error: unknown) =>
  new Error(
    `The mail server did not take a mail: code ${detail(error, 'code')}, answer ${detail(error, 'responseCode')}`,
  )

const detail = (error: unknown, name: string) =>
  error instanceof Error ? String(Reflect.get(error, name) ?? 'none') : 'none'
