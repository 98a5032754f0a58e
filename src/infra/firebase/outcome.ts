import type { SendResponse } from 'firebase-admin/messaging'
import type { PushOutcome } from '../../kernel/ports.ts'

// The app was uninstalled or its token replaced; the token is malformed (our messages have one shape, so the fault
// is not theirs); the token belongs to another project. None of these heals.
const GONE = new Set(['UNREGISTERED', 'INVALID_ARGUMENT', 'SENDER_ID_MISMATCH'])

/**
 * What became of one message. It asks Google's own code first: the library also gives `mismatched-credential` and
 * `registration-token-not-registered` when our account or project is at fault, and that must not cost anyone a token.
 */
export function outcomeOf({ success, error }: SendResponse): PushOutcome {
  if (success) return 'sent'
  return GONE.has(fcmCodeOf(error?.httpResponse?.data)) ? 'gone' : 'failed'
}

interface FcmAnswer {
  readonly error?: { readonly details?: readonly { readonly errorCode?: unknown }[] }
}

function fcmCodeOf(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null) return ''
  const { error } = answer as FcmAnswer
  const code = error?.details?.find(detail => typeof detail.errorCode === 'string')?.errorCode
  return typeof code === 'string' ? code : ''
}
