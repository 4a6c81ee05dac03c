import { outcomeSentence, outcomeStatus } from '@huike/shared/outcomes'
import type { OutcomeCode } from '@huike/shared/outcomes'
import type { Problem } from '@huike/shared/contracts/common'

/** Refusals of the cashier's API travel as this; everything else that is thrown is a surprise. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused'

  constructor(
    readonly code: OutcomeCode,
    readonly errors?: { path: string; message: string }[],
    /** What exactly, in words; absent where the code's sentence says it all. */
    readonly detail?: string,
  ) {
    super(detail ?? code)
  }
}

/** The problem document for a code (RFC 9457), with its Chinese sentence. */
export function problemOf(
  code: OutcomeCode,
  { errors, detail }: Pick<Problem, 'errors' | 'detail'> = {},
): Problem {
  return {
    type: 'about:blank',
    title: outcomeSentence(code),
    status: outcomeStatus(code),
    code,
    ...(detail !== undefined && { detail }),
    ...(errors !== undefined && { errors }),
  }
}
