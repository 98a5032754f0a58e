import { failure } from '../../kernel/failure.ts'

/** Counted: the attempt stays written although the answer is no. */
export const WrongCode = failure('unauthenticated', 'wrong_code', 'That is not the code we sent', { keeps: true })
export const CodeOver = failure('unauthenticated', 'code_over', 'This code is no longer good; ask for a new one')
export const TooManyTries = failure('rate_limited', 'too_many_tries', 'Too many wrong codes; try again tomorrow')
export const LinkOver = failure('unauthenticated', 'link_over', 'This link is no longer good; ask for a new one')
/** Said alike of a wrong password, of an account without one, and where there is no account. */
export const WrongPassword = failure('unauthenticated', 'wrong_password', 'That is not right', { keeps: true })
export const BadIdToken = failure('unauthenticated', 'id_token', 'Sign in with the provider again')
/** The provider does not vouch for an e-mail address, and an account needs one, or a phone. */
export const NoEmail = failure('conflict', 'no_email', 'Sign in by phone or e-mail first, then link this provider')
export const LinkFirst = failure('conflict', 'link_first', 'Sign in to your account first, then link this provider')
/** The first proof stays good, and its use counted. */
export const SecondProof = failure('unauthenticated', 'second_proof', 'Prove in a second way who you are', {
  keeps: true,
})
/** What was proven is used up although nobody is signed in. */
export const AccountClosed = failure('forbidden', 'account_closed', 'This account cannot sign in', { keeps: true })
export const BadRefresh = failure('unauthenticated', 'refresh', 'Sign in again')
/** The session ends: one of two who hold this token is a thief. */
export const ReusedRefresh = failure('unauthenticated', 'refresh_reused', 'Sign in again', { keeps: true })
export const NoSession = failure('not_found', 'session', 'There is no such session')
/** Sign in again on this session, by any way there is, and repeat what was refused. */
export const ProveAgain = failure('forbidden', 'prove_again', 'Prove again who you are')
