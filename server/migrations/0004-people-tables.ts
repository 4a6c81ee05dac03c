import {
  countWord,
  dateWord,
  idWord,
  integerWord,
  keyWord,
  nullable,
  textWord,
} from '../platform/columns.js'
import { addsColumn, addsIndex, createsTable, dropsIndex, fillsTable } from '../platform/schema.js'

// What the three faces need: staff and their stores, profiles and consents as they stand, counts per
// store and employee, exports, messages and campaigns.

/** Purchases whose event its consumer has still to count would be counted twice. */
const notWaitingFor = (consumer: string) =>
  `AND p.id NOT IN (SELECT e.aggregateId FROM event_delivery d JOIN event_log e ON e.id = d.eventId
   WHERE d.consumer = '${consumer}' AND d.state = 'pending')`

/** Migrations 40 to 64. */
export const peopleTables = [
  createsTable(40, 'staff_store', {
    columns: {
      staffId: idWord,
      storeId: idWord,
    },
    primary: ['staffId', 'storeId'],
    index: { ix_staff_store_store: ['storeId'] },
  }),
  createsTable(41, 'staff_audit', {
    columns: {
      id: idWord,
      staffId: idWord,
      action: keyWord(32),
      subjectId: nullable(idWord),
      detail: nullable(keyWord(200)),
      atMs: integerWord,
    },
    primary: ['id'],
    index: {
      ix_staff_audit_staff: ['staffId', 'atMs'],
      ix_staff_audit_subject: ['subjectId', 'atMs'],
    },
  }),
  createsTable(42, 'member_profile', {
    columns: {
      memberId: idWord,
      nameSealed: nullable(textWord),
      birthdaySealed: nullable(textWord),
      updatedAtMs: integerWord,
    },
    primary: ['memberId'],
  }),
  createsTable(43, 'consent_state', {
    columns: {
      memberId: idWord,
      purpose: keyWord(32),
      state: keyWord(16),
      changedAtMs: integerWord,
    },
    primary: ['memberId', 'purpose'],
  }),
  createsTable(44, 'member_store', {
    columns: {
      storeId: idWord,
      memberId: idWord,
      purchaseCount: countWord,
      totalFen: integerWord,
      lastPurchaseAtMs: nullable(integerWord),
    },
    primary: ['storeId', 'memberId'],
    index: { ix_member_store_member: ['memberId'] },
  }),
  createsTable(45, 'cashier_day', {
    columns: {
      storeId: idWord,
      businessDate: dateWord,
      cashier: keyWord(64),
      salesCount: countWord,
      salesFen: integerWord,
      memberSalesCount: countWord,
      memberSalesFen: integerWord,
      newMembers: countWord,
    },
    primary: ['storeId', 'businessDate', 'cashier'],
  }),
  createsTable(46, 'export_job', {
    columns: {
      id: idWord,
      staffId: idWord,
      kind: keyWord(32),
      filterSealed: textWord,
      state: keyWord(16),
      doneRows: countWord,
      totalRows: nullable(countWord),
      nextAtMs: integerWord,
      createdAtMs: integerWord,
      finishedAtMs: nullable(integerWord),
    },
    primary: ['id'],
    index: {
      ix_export_job_staff: ['staffId', 'createdAtMs'],
      ix_export_job_due: ['state', 'nextAtMs'],
    },
  }),
  createsTable(47, 'message_content', {
    columns: {
      id: idWord,
      title: keyWord(80),
      body: keyWord(800),
      createdAtMs: integerWord,
    },
    primary: ['id'],
  }),
  createsTable(48, 'message', {
    columns: {
      id: idWord,
      memberId: idWord,
      contentId: idWord,
      campaignId: nullable(idWord),
      purpose: keyWord(32),
      channels: keyWord(32),
      channel: nullable(keyWord(8)),
      state: keyWord(16),
      reason: nullable(keyWord(32)),
      attempts: countWord,
      nextAtMs: integerWord,
      unlessBoughtAfterMs: nullable(integerWord),
      createdAtMs: integerWord,
      changedAtMs: integerWord,
      sentAtMs: nullable(integerWord),
      readAtMs: nullable(integerWord),
      providerId: nullable(keyWord(64)),
    },
    primary: ['id'],
    unique: { ux_message_campaign: ['campaignId', 'memberId'] },
    index: {
      ix_message_due: ['state', 'nextAtMs'],
      ix_message_member: ['memberId', 'sentAtMs', 'id'],
      ix_message_result: ['campaignId', 'state', 'reason', 'channel'],
    },
  }),
  createsTable(49, 'subscription_entry', {
    columns: {
      id: idWord,
      identityId: idWord,
      templateId: keyWord(64),
      credits: countWord,
      reason: keyWord(16),
      sourceKey: keyWord(100),
      occurredAtMs: integerWord,
    },
    primary: ['id'],
    unique: { ux_subscription_entry_source: ['reason', 'sourceKey'] },
    index: { ix_subscription_entry_balance: ['identityId', 'templateId'] },
  }),
  createsTable(50, 'subscription_balance', {
    columns: {
      identityId: idWord,
      templateId: keyWord(64),
      credits: countWord,
      changedAtMs: integerWord,
    },
    primary: ['identityId', 'templateId'],
  }),
  createsTable(51, 'campaign', {
    columns: {
      id: idWord,
      name: keyWord(160),
      state: keyWord(16),
      audience: textWord,
      channels: keyWord(32),
      contentId: idWord,
      sendAtMs: integerWord,
      launchedAtMs: nullable(integerWord),
      pickedUpTo: nullable(idWord),
      pickedCount: countWord,
      nextAtMs: integerWord,
      finishedAtMs: nullable(integerWord),
      createdBy: idWord,
      idempotencyKey: keyWord(64),
      inputSha256: keyWord(64),
      createdAtMs: integerWord,
    },
    primary: ['id'],
    unique: { ux_campaign_key: ['createdBy', 'idempotencyKey'] },
    index: { ix_campaign_due: ['state', 'nextAtMs'], ix_campaign_created: ['createdAtMs', 'id'] },
  }),
  createsTable(52, 'chain_setting', {
    columns: {
      name: keyWord(64),
      value: textWord,
      changedAtMs: integerWord,
      changedBy: nullable(idWord),
    },
    primary: ['name'],
  }),
  addsColumn(53, 'member', 'registeredCashier', nullable(keyWord(64))),
  addsColumn(54, 'staff', 'lastSignInAtMs', nullable(integerWord)),
  addsColumn(55, 'staff', 'sessionsSinceMs', nullable(integerWord)),
  addsColumn(56, 'member_stat', 'lastStoreId', nullable(idWord)),
  addsColumn(57, 'member_stat', 'onlineCount', nullable(countWord)),
  addsIndex(58, 'member_stat', 'ix_member_stat_last', ['lastPurchaseAtMs', 'memberId']),
  fillsTable(59, 'member_store', [
    `INSERT INTO member_store (storeId, memberId, purchaseCount, totalFen, lastPurchaseAtMs)
     SELECT p.storeId, p.memberId, COUNT(*), SUM(p.totalFen), MAX(p.occurredAtMs) FROM purchase p
     WHERE p.memberId IS NOT NULL AND p.kind = 'sale' AND NOT EXISTS (
       SELECT 1 FROM member_store k WHERE k.storeId = p.storeId AND k.memberId = p.memberId)
       ${notWaitingFor('member-stat')}
     GROUP BY p.storeId, p.memberId`,
    `INSERT INTO member_store (storeId, memberId, purchaseCount, totalFen, lastPurchaseAtMs)
     SELECT m.registeredStoreId, m.id, 0, 0, NULL FROM member m
     WHERE m.registeredStoreId IS NOT NULL AND m.state <> 'merged' AND NOT EXISTS (
       SELECT 1 FROM member_store k WHERE k.storeId = m.registeredStoreId AND k.memberId = m.id)`,
  ]),
  fillsTable(60, 'member_stat', [
    `UPDATE member_stat SET lastStoreId = (
       SELECT p.storeId FROM purchase p
       WHERE p.memberId = member_stat.memberId AND p.kind = 'sale'
       ORDER BY p.occurredAtMs DESC LIMIT 1) WHERE lastStoreId IS NULL`,
    `UPDATE member_stat SET onlineCount = (
       SELECT COUNT(*) FROM purchase p WHERE p.memberId = member_stat.memberId
       AND p.kind = 'sale' AND p.channel = 'online' ${notWaitingFor('member-stat')}) WHERE onlineCount IS NULL`,
  ]),
  fillsTable(61, 'cashier_day', [
    `INSERT INTO cashier_day (storeId, businessDate, cashier, salesCount, salesFen,
       memberSalesCount, memberSalesFen, newMembers)
     SELECT p.storeId, p.businessDate, COALESCE(p.cashier, ''), COUNT(*), SUM(p.totalFen),
       SUM(CASE WHEN p.memberId IS NULL THEN 0 ELSE 1 END),
       SUM(CASE WHEN p.memberId IS NULL THEN 0 ELSE p.totalFen END), 0 FROM purchase p
     WHERE p.kind = 'sale' AND NOT EXISTS (SELECT 1 FROM cashier_day k
       WHERE k.storeId = p.storeId AND k.businessDate = p.businessDate
       AND k.cashier = COALESCE(p.cashier, '')) ${notWaitingFor('store-day')}
     GROUP BY p.storeId, p.businessDate, COALESCE(p.cashier, '')`,
  ]),
  // Managers saw every store before stores were given to them: what they had, they keep.
  fillsTable(62, 'staff_store', [
    `UPDATE staff SET role = 'cashier' WHERE role = 'clerk'`,
    `INSERT INTO staff_store (staffId, storeId)
     SELECT p.id, s.id FROM staff p CROSS JOIN store s
     WHERE p.role <> 'owner' AND NOT EXISTS (
       SELECT 1 FROM staff_store k WHERE k.staffId = p.id AND k.storeId = s.id)`,
  ]),
  // Who bought last before a day is asked of a hundred thousand members at a time: the index answers.
  addsIndex(63, 'purchase', 'ix_purchase_member_kind', ['memberId', 'occurredAtMs', 'id', 'kind']),
  dropsIndex(64, 'purchase', 'ix_purchase_member'),
]
