import { failure } from '../../kernel/failure.ts'

/** Counted: the attempt stays written although the answer is no. */
export const WrongCode = failure('unauthenticated', 'wrong_code', 'That is not the code we sent', { keeps: true })
export const CodeOver = failure('unauthenticated', 'code_over', 'This code is no longer good; ask for a new one')
export const TooManyTries = failure('rate_limited', 'too_many_tries', 'Too many wrong codes; try again tomorrow')
/** The code is used up although nobody is signed in. */
export const AccountClosed = failure('forbidden', 'account_closed', 'This account cannot sign in', { keeps: true })
export const BadRefresh = failure('unauthenticated', 'refresh', 'Sign in again')
/** The session ends: one of two who hold this token is a thief. */
export const ReusedRefresh = failure('unauthenticated', 'refresh_reused', 'Sign in again', { keeps: true })
export const NoSession = failure('not_found', 'session', 'There is no such session')
