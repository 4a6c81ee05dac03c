import { describe, expect, it } from '@jest/globals'
import type { Assurance, IdentityKind } from './identities.js'
import {
  REASON_WORDS,
  reasonsInWords,
  resolve,
  type Candidate,
  type Held,
  type Question,
  type ResolutionPolicy,
  type Shown,
} from './resolution.js'

// Who somebody is, case by case. 王 and 李 are records; everything else is what is shown of somebody.

const DAY_MS = 86_400_000
const NOW_MS = 1_000 * DAY_MS
const POLICY: ResolutionPolicy = {
  order: ['phone', 'account', 'email', 'device'],
  quietMs: 365 * DAY_MS,
}

const keyOf = (kind: IdentityKind, value: string) => `${kind}|place|${value}`

function held(kind: IdentityKind, value: string, assurance: Assurance = 'verified'): Held {
  return { kind, key: keyOf(kind, value), assurance }
}

function record(memberId: string, holds: Held[], over: Partial<Candidate> = {}): Candidate {
  return {
    ...{ memberId, state: 'active', holds, lastActiveAtMs: NOW_MS },
    ...{ isValued: false, isNamedOtherwise: false },
    ...over,
  }
}

type Told = [IdentityKind, string, Assurance] | [IdentityKind, string, Assurance, 'derived']

/** Asks who it is of whom this is shown, among these records. */
function ask(
  told: readonly Told[],
  records: readonly Candidate[],
  over: Partial<Question> & Partial<ResolutionPolicy> = {},
) {
  const { order = POLICY.order, quietMs = POLICY.quietMs, ...rest } = over
  const shown = told.map(([kind, value, assurance, derived]): Shown => {
    const key = keyOf(kind, value)
    for (const { memberId, holds } of records) {
      const pointer = holds.find((one) => one.key === key)
      if (pointer)
        return {
          ...{ kind, key, assurance, isDerived: derived !== undefined },
          owner: { memberId, assurance: pointer.assurance },
        }
    }
    return { kind, key, assurance, isDerived: derived !== undefined, owner: null }
  })
  const candidates = new Map(records.map((one) => [one.memberId, one]))
  const question = { shown, candidates, isApart: () => false, nowMs: NOW_MS, ...rest }
  return resolve(question, { order, quietMs })
}

const F1 = '13800000001'
const F2 = '13800000002'

describe('who is shown', () => {
  it('is somebody new when nobody is known by any of it', () => {
    expect(
      ask(
        [
          ['phone', F1, 'verified'],
          ['wechat_openid', 'X', 'verified'],
        ] as Told[],
        [],
      ),
    ).toEqual({
      verdict: 'create',
      reasons: ['nobody'],
      learns: [keyOf('phone', F1), keyOf('wechat_openid', 'X')],
      hasOthers: false,
      releases: null,
      raises: [],
    })
  })

  it('is the owner of the number, who gets the account as well', () => {
    const wang = record('王', [held('phone', F1)])
    const told: Told[] = [
      ['wechat_openid', 'X', 'verified'],
      ['phone', F1, 'verified'],
    ]
    expect(ask(told, [wang])).toMatchObject({
      ...{ verdict: 'attach', memberId: '王', reasons: ['added'] },
      learns: [keyOf('wechat_openid', 'X')],
    })
  })

  it('is the one whom a cashier registered, once the number is proven', () => {
    const wang = record('王', [held('phone', F1, 'claimed')], { state: 'pending' })
    const found = ask([['phone', F1, 'verified']], [wang])
    expect(found).toMatchObject({ verdict: 'attach', memberId: '王', reasons: ['known'] })
  })

  it('is never somebody who is erased, or whose record is nobody’s page any more', () => {
    for (const state of ['erased', 'merged'] as const) {
      const gone = record('王', [held('phone', F1)], { state })
      expect(ask([['phone', F1, 'verified']], [gone]).verdict).toBe('create')
    }
  })

  it('is not told by a number that was somebody’s once', () => {
    const wang = record('王', [held('phone_former', F1)])
    expect(ask([['phone_former', F1, 'verified']], [wang]).verdict).toBe('create')
  })
})

describe('a family that shares one number', () => {
  const household = record('王', [held('phone', F1), held('wechat_openid', 'X')])

  it('is one member, whichever of their WeChat accounts signs in', () => {
    const told: Told[] = [
      ['phone', F1, 'verified'],
      ['wechat_openid', 'Y', 'verified'],
    ]
    expect(ask(told, [household])).toMatchObject({ verdict: 'attach', memberId: '王' })
  })

  it('is looked at by a person when a file says the number under another name', () => {
    const other = { ...household, isNamedOtherwise: true }
    const told: Told[] = [['phone', F1, 'claimed']]
    expect(ask(told, [other])).toMatchObject({
      ...{ verdict: 'review', memberIds: ['王'], reasons: ['name_differs'] },
    })
    expect(ask(told, [household]).verdict).toBe('attach')
    expect(ask([['phone', F1, 'verified']], [other]).verdict).toBe('attach')
  })

  it('keeps one address for two numbers: it adds nobody to anybody', () => {
    const wife = record('王', [held('phone', F1), held('email', 'home@a.cn', 'claimed')])
    const told: Told[] = [
      ['phone', F2, 'claimed'],
      ['email', 'home@a.cn', 'claimed'],
    ]
    expect(ask(told, [wife])).toMatchObject({ verdict: 'create', hasOthers: true })
    expect(ask([['email', 'home@a.cn', 'claimed']], [wife]).verdict).toBe('attach')
  })
})

describe('a couple that shares one device', () => {
  const husband = record('王', [held('phone', F1), held('device', 'D', 'observed')])
  const wife = record('李', [held('phone', F2)])

  it('are two members, and the device stays where it was', () => {
    const told: Told[] = [
      ['device', 'D', 'observed'],
      ['phone', F2, 'verified'],
    ]
    expect(ask(told, [husband, wife])).toMatchObject({
      ...{ verdict: 'attach', memberId: '李', learns: [], hasOthers: true },
    })
    expect(ask(told, [husband])).toMatchObject({ verdict: 'create', hasOthers: true })
  })

  it('are nobody as long as only the device is seen', () => {
    expect(ask([['device', 'D', 'observed']], [husband]).verdict).toBe('create')
  })

  it('are not merged by the device, even where it says it is proven', () => {
    const proven = record('王', [held('phone', F1), held('device', 'D')])
    const told: Told[] = [
      ['phone', F2, 'verified'],
      ['device', 'D', 'verified'],
    ]
    expect(ask(told, [proven, wife])).toMatchObject({
      ...{ verdict: 'review', memberIds: ['李', '王'], reasons: ['higher_differs'] },
    })
  })
})

describe('a changed number', () => {
  const wang = record('王', [held('phone', F1), held('wechat_openid', 'X')])

  it('is added when the same WeChat account proves it', () => {
    const told: Told[] = [
      ['wechat_openid', 'X', 'verified'],
      ['phone', F2, 'verified'],
    ]
    expect(ask(told, [wang])).toMatchObject({
      ...{ verdict: 'attach', memberId: '王', reasons: ['added', 'number_changed'] },
      learns: [keyOf('phone', F2)],
    })
  })

  it('is looked at by a person when a file merely tells it beside the card', () => {
    const holder = record('王', [held('phone', F1), held('card', 'C')])
    const told: Told[] = [
      ['phone', F2, 'claimed'],
      ['card', 'C', 'claimed'],
    ]
    expect(ask(told, [holder])).toMatchObject({
      ...{ verdict: 'review', memberIds: ['王'], reasons: ['number_differs'] },
    })
    const withoutNumber = record('王', [held('card', 'C')])
    expect(ask(told, [withoutNumber])).toMatchObject({ verdict: 'attach', memberId: '王' })
  })

  it('is no change when the hash of the number is the owner’s already', () => {
    const hashed = record('王', [held('phone', F1), held('phone_md5', 'H', 'observed')])
    const told: Told[] = [
      ['phone', F2, 'claimed'],
      ['phone_md5', 'H', 'claimed', 'derived'],
    ]
    expect(ask(told, [hashed])).toMatchObject({
      ...{ verdict: 'attach', memberId: '王', learns: [keyOf('phone', F2)] },
    })
  })

  it('of somebody else is never joined to the account: both numbers are proven', () => {
    const li = record('李', [held('phone', F2)])
    const told: Told[] = [
      ['wechat_openid', 'X', 'verified'],
      ['phone', F2, 'verified'],
    ]
    expect(ask(told, [wang, li])).toMatchObject({
      ...{ verdict: 'review', memberIds: ['李', '王'], reasons: ['higher_differs'] },
    })
    const pending = record('李', [held('phone', F2, 'claimed')], { state: 'pending' })
    expect(ask(told, [wang, pending]).verdict).toBe('review')
  })
})

describe('two records of one person', () => {
  const byAccount = record('王', [held('wechat_openid', 'X')])
  const byNumber = record('李', [held('phone', F1)])
  const told: Told[] = [
    ['wechat_openid', 'X', 'verified'],
    ['phone', F1, 'verified'],
  ]

  it('become one when both are proven at once: the owner of the number stays', () => {
    expect(ask(told, [byAccount, byNumber])).toMatchObject({
      ...{ verdict: 'merge', memberIds: ['李', '王'], reasons: ['proven_together'] },
    })
  })

  it('stay two when one of them is merely told, or was never proven', () => {
    const claimed: Told[] = [
      ['wechat_openid', 'X', 'claimed'],
      ['phone', F1, 'verified'],
    ]
    const stays = { verdict: 'attach', memberId: '李', hasOthers: true }
    expect(ask(claimed, [byAccount, byNumber])).toMatchObject(stays)
    const unproven = record('王', [held('wechat_openid', 'X', 'observed')])
    expect(ask(told, [unproven, byNumber])).toMatchObject(stays)
  })

  it('wait for a person when one of them is a valued customer, or somebody said they are two', () => {
    const valued = { ...byNumber, isValued: true }
    expect(ask(told, [byAccount, valued])).toMatchObject({
      ...{ verdict: 'review', reasons: ['valued'] },
    })
    expect(ask(told, [byAccount, byNumber], { isApart: () => true })).toMatchObject({
      ...{ verdict: 'review', reasons: ['decided_apart'] },
    })
  })

  it('are chosen from in the chain’s own order', () => {
    const order = ['account', 'phone', 'email', 'device'] as const
    expect(ask(told, [byAccount, byNumber], { order })).toMatchObject({
      ...{ verdict: 'merge', memberIds: ['王', '李'] },
    })
    const another = record('李', [held('phone', F1), held('wechat_openid', 'Y')])
    expect(ask(told, [byAccount, another]).verdict).toBe('merge')
    expect(ask(told, [byAccount, another], { order })).toMatchObject({
      ...{ verdict: 'review', reasons: ['higher_differs'] },
    })
  })
})

describe('a recycled number', () => {
  const quiet = { lastActiveAtMs: NOW_MS - 365 * DAY_MS }
  const before = record('王', [held('phone', F1), held('wechat_openid', 'X')], quiet)
  const told: Told[] = [
    ['wechat_openid', 'Y', 'verified'],
    ['phone', F1, 'verified'],
  ]

  it('begins a new member, who gets the number and nothing of its owner’s', () => {
    expect(ask(told, [before])).toMatchObject({
      ...{ verdict: 'create', reasons: ['number_recycled', 'nobody'] },
      learns: [keyOf('wechat_openid', 'Y'), keyOf('phone', F1)],
      releases: { key: keyOf('phone', F1), fromMemberId: '王' },
      raises: ['王'],
    })
  })

  it('goes to a member who got it as a second number', () => {
    const li = record('李', [held('phone', F2), held('wechat_openid', 'Y')])
    expect(ask(told, [before, li])).toMatchObject({
      ...{ verdict: 'attach', memberId: '李' },
      reasons: ['number_recycled', 'added', 'number_changed'],
      releases: { key: keyOf('phone', F1), fromMemberId: '王' },
    })
  })

  it('is not taken from somebody who was heard of a day less than that ago', () => {
    const heard = { ...before, lastActiveAtMs: quiet.lastActiveAtMs + DAY_MS }
    expect(ask(told, [heard])).toMatchObject({ verdict: 'attach', memberId: '王', releases: null })
    expect(ask(told, [{ ...before, lastActiveAtMs: NOW_MS + DAY_MS }]).verdict).toBe('attach')
  })

  it('is not taken by its own owner’s account, by a cashier, or without an account', () => {
    const own: Told[] = [
      ['wechat_openid', 'X', 'verified'],
      ['phone', F1, 'verified'],
    ]
    const typed: Told[] = [['phone', F1, 'claimed']]
    const alone: Told[] = [['phone', F1, 'verified']]
    for (const shown of [own, typed, alone])
      expect(ask(shown, [before])).toMatchObject({ memberId: '王', releases: null })
  })

  it('leaves an owner on whose order it was merely seen, and who is proven otherwise', () => {
    const buyer = record('王', [held('phone', F1, 'observed'), held('phone', F2)])
    expect(ask(told, [buyer])).toMatchObject({
      ...{ verdict: 'create', reasons: ['number_observed', 'nobody'] },
      releases: { fromMemberId: '王' },
    })
    const unproven = record('王', [held('phone', F1, 'observed')])
    expect(ask(told, [unproven])).toMatchObject({ verdict: 'attach', memberId: '王' })
  })
})

describe('a hashed number', () => {
  it('finds its owner before the account does', () => {
    const wang = record('王', [held('phone_md5', 'H', 'observed')])
    const li = record('李', [held('platform_buyer', 'B', 'observed')])
    const told: Told[] = [
      ['platform_buyer', 'B', 'claimed'],
      ['phone_md5', 'H', 'claimed'],
    ]
    expect(ask(told, [wang, li])).toMatchObject({
      ...{ verdict: 'attach', memberId: '王', hasOthers: true },
    })
  })

  it('of one person beside the number of another is looked at', () => {
    const wang = record('王', [held('phone', F1), held('phone_md5', 'H')])
    const told: Told[] = [
      ['phone', F2, 'claimed'],
      ['phone_md5', 'H', 'claimed'],
    ]
    expect(ask(told, [wang])).toMatchObject({ verdict: 'review', reasons: ['number_differs'] })
  })
})

describe('the hash of a number that is proven', () => {
  const told: Told[] = [
    ['phone', F2, 'verified'],
    ['wechat_openid', 'X', 'verified'],
    ['phone_md5', 'H', 'verified', 'derived'],
  ]

  it('leads to whom an order made, and makes one record of them and the account', () => {
    const buyer = record('王', [held('phone_md5', 'H', 'observed')], { state: 'pending' })
    expect(ask(told, [buyer])).toMatchObject({ verdict: 'attach', memberId: '王' })
    const li = record('李', [held('wechat_openid', 'X')])
    expect(ask(told, [buyer, li])).toMatchObject({ verdict: 'merge', memberIds: ['王', '李'] })
  })

  it('has a person look at the record of an order beside the one a cashier made', () => {
    const buyer = record('王', [held('phone_md5', 'H', 'observed')], { state: 'pending' })
    const typed = record('李', [held('phone', F2, 'claimed')], { state: 'pending' })
    expect(ask(told, [buyer, typed])).toMatchObject({
      ...{ verdict: 'attach', memberId: '李', raises: ['王'] },
      reasons: ['added', 'hashed_elsewhere'],
    })
  })

  it('leads not to somebody who had an order sent to the number, nor to somebody long silent', () => {
    const giver = record('王', [held('phone_md5', 'H', 'observed'), held('phone', F1, 'claimed')])
    expect(ask(told, [giver])).toMatchObject({
      ...{ verdict: 'create', reasons: ['number_observed', 'nobody'] },
      ...{ releases: null, raises: ['王'] },
    })
    const silent = record('王', [held('phone_md5', 'H')], { lastActiveAtMs: 0 })
    expect(ask(told, [silent])).toMatchObject({
      ...{ verdict: 'create', reasons: ['number_recycled', 'nobody'] },
    })
  })
})

describe('the reasons', () => {
  it('are sentences a manager can read, joined', () => {
    expect(reasonsInWords(['added', 'number_changed'])).toBe(
      `${REASON_WORDS.added}；${REASON_WORDS.number_changed}`,
    )
    for (const words of Object.values(REASON_WORDS)) expect(words).toMatch(/[一-鿿]/)
  })
})
