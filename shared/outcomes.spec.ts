import { describe, expect, it } from '@jest/globals'
import {
  OUTCOME_CODES,
  outcomeSentence,
  outcomeStatus,
  refuse,
  type OutcomeCode,
} from './outcomes.js'

describe('the list of outcomes', () => {
  it('names each code once, each with a sentence of its own', () => {
    expect(OUTCOME_CODES.length).toBeGreaterThan(20)
    expect(new Set(OUTCOME_CODES).size).toBe(OUTCOME_CODES.length)
    const sentences = OUTCOME_CODES.map(outcomeSentence)
    expect(new Set(sentences).size).toBe(sentences.length)
  })

  it.each([...OUTCOME_CODES])('%s is a code, a Chinese sentence and an error status', (code) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
    expect(outcomeSentence(code)).toMatch(/\p{Script=Han}{4}/u)
    expect(outcomeSentence(code)).not.toMatch(/[,;!?]/)
    expect(outcomeStatus(code)).toBeGreaterThanOrEqual(400)
    expect(outcomeStatus(code)).toBeLessThan(600)
  })

  // The first that applies is told: what the request is, who asks, what is asked for, what it met.
  it.each<[OutcomeCode, OutcomeCode]>([
    ['body_malformed', 'token_missing'],
    ['rate_limited', 'token_invalid'],
    ['token_missing', 'token_invalid'],
    ['token_invalid', 'token_expired'],
    ['token_expired', 'forbidden'],
    ['terminal_revoked', 'input_invalid'],
    ['forbidden', 'input_invalid'],
    ['input_invalid', 'phone_invalid'],
    ['phone_invalid', 'member_not_found'],
    ['member_code_invalid', 'member_code_expired'],
    ['member_not_found', 'receipt_conflict'],
    ['event_conflict', 'receipt_conflict'],
    ['receipt_conflict', 'receipt_already_claimed'],
    ['points_insufficient', 'internal'],
    ['busy', 'internal'],
  ])('tells %s before %s', (first, later) => {
    expect(OUTCOME_CODES.indexOf(first)).toBeLessThan(OUTCOME_CODES.indexOf(later))
  })

  it('makes refusals that carry words only when there are some', () => {
    expect(refuse('busy')).toEqual({ ok: false, code: 'busy' })
    expect('detail' in refuse('busy')).toBe(false)
    expect(refuse('busy', '因为')).toEqual({ ok: false, code: 'busy', detail: '因为' })
  })

  it('knows no other code', () => {
    expect(() => outcomeSentence('nonsense' as OutcomeCode)).toThrow(/nonsense/)
  })
})
