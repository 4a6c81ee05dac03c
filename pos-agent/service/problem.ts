import { outcomeSentence, outcomeStatus } from '@huike/shared/outcomes'
import type { OutcomeCode } from '@huike/shared/outcomes'
import type { Problem } from '@huike/shared/contracts/common'

/** Refusals of the cashier's API travel as this; everything else that is thrown is a surprise. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused'

  constructor(
    readonly code: OutcomeCode,
    readonly errors?: { path: string; message: string }[],
  ) {
    super(code)
  }
}

/** The problem document for a code (RFC 9457), with its Chinese sentence. */
export function problemOf(
  code: OutcomeCode,
  errors?: { path: string; message: string }[],
): Problem {
  const base = {
    type: 'about:blank',
    title: outcomeSentence(code),
    status: outcomeStatus(code),
    code,
  }
  return errors === undefined ? base : { ...base, errors }
}
