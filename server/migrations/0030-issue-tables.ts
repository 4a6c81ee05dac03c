import {
  blindIndexWord,
  countWord,
  dateWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
  textWord,
} from '../platform/columns.js'
import { addsColumn, addsIndex, createsTable, inOne } from '../platform/schema.js'

// Coupons that are given without anybody giving them: by campaigns, and by rules.

/** Migrations 181 to 184. */
export const issueTables = [
  inOne(181, 'campaign-coupons', [
    addsColumn(181, 'campaign', 'couponTemplateId', nullable(idWord)),
    addsColumn(181, 'campaign', 'couponVersion', nullable(countWord)),
    addsColumn(181, 'coupon', 'givenById', nullable(idWord)),
    addsIndex(181, 'coupon', 'ix_coupon_given_by', ['givenById', 'memberId']),
  ]),
  inOne(182, 'coupon-rules', [
    createsTable(182, 'coupon_rule', {
      columns: {
        id: idWord,
        kind: keyWord(16),
        state: keyWord(8),
        version: countWord,
        walkedDate: nullable(dateWord),
        walkedUpTo: nullable(idWord),
        createdAtMs: integerWord,
        createdBy: idWord,
      },
      primary: ['id'],
      index: { ix_coupon_rule_state: ['state', 'kind'] },
    }),
    createsTable(182, 'coupon_rule_version', {
      columns: {
        ruleId: idWord,
        version: countWord,
        state: keyWord(8),
        terms: textWord,
        publishedAtMs: integerWord,
        publishedBy: idWord,
      },
      primary: ['ruleId', 'version'],
    }),
    createsTable(182, 'coupon_rule_award', {
      columns: {
        ruleId: idWord,
        memberId: idWord,
        occasion: keyWord(48),
        version: countWord,
        couponId: nullable(idWord),
        refusal: nullable(keyWord(32)),
        atMs: integerWord,
      },
      primary: ['ruleId', 'memberId', 'occasion'],
      index: {
        ix_coupon_rule_award_result: ['ruleId', 'refusal'],
        ix_coupon_rule_award_member: ['memberId'],
      },
    }),
  ]),
  inOne(183, 'birthday-index', [
    addsColumn(183, 'member_profile', 'birthdayIndex', nullable(blindIndexWord)),
    addsIndex(183, 'member_profile', 'ix_member_profile_birthday', ['birthdayIndex', 'memberId']),
  ]),
  inOne(184, 'coupon-codes', [
    createsTable(184, 'coupon_code', {
      columns: {
        id: idWord,
        templateId: idWord,
        codeIndex: blindIndexWord,
        memberId: nullable(idWord),
        couponId: nullable(idWord),
        usedAtMs: nullable(integerWord),
        createdAtMs: integerWord,
        createdBy: idWord,
      },
      primary: ['id'],
      unique: { ux_coupon_code_index: ['codeIndex'] },
      index: {
        ix_coupon_code_template: ['templateId', 'usedAtMs'],
        ix_coupon_code_member: ['memberId'],
      },
    }),
    createsTable(184, 'coupon_code_try', {
      columns: { memberId: idWord, day: dateWord, failures: countWord },
      primary: ['memberId'],
    }),
  ]),
]
