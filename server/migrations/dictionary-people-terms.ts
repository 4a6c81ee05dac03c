import type { Campaign } from '../campaigns/campaign.entity.js'
import type { ConsentState } from '../consent/consent-state.entity.js'
import type { MemberProfile } from '../members/member-profile.entity.js'
import type { MessageContent } from '../messages/message-content.entity.js'
import type { Message } from '../messages/message.entity.js'
import type { SubscriptionBalance } from '../messages/subscription-balance.entity.js'
import type { SubscriptionEntry } from '../messages/subscription-entry.entity.js'
import type { CashierDay } from '../reports/cashier-day.entity.js'
import type { ExportJob } from '../reports/export-job.entity.js'
import type { MemberStore } from '../segments/member-store.entity.js'
import type { StaffStore } from '../staff/staff-store.entity.js'
import type { ChainSetting } from '../stores/chain-setting.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'

/** Staff, profiles and what is counted of people. */
export const peopleTerms: TableTerms[] = [
  termsOf<ChainSetting>('chain_setting', ['连锁设置', 'setting of the chain'], {
    name: ['设置名', 'name', 'none'],
    value: ['内容（JSON）', 'value (JSON)', 'none'],
    changedAtMs: ['修改时间', 'changed at', 'none'],
    changedBy: ['修改人', 'changed by', 'none'],
  }),
  termsOf<StaffStore>('staff_store', ['员工的门店', 'store of a staff member'], {
    staffId: ['员工', 'staff member', 'none'],
    storeId: ['门店', 'store', 'none'],
  }),
  termsOf<MemberProfile>('member_profile', ['会员资料', 'profile of a member'], {
    memberId: ['会员', 'member', 'personal'],
    nameSealed: ['称呼（加密）', 'name, sealed', 'sealed'],
    birthdaySealed: ['生日（加密）', 'birthday, sealed', 'sealed'],
    birthdayIndex: ['生日月日的密钥散列，空串为没填', 'keyed hash of month and day', 'sealed'],
    genderSealed: ['性别（加密）', 'gender, sealed', 'sealed'],
    emailSealed: ['邮箱（加密）', 'email, sealed', 'sealed'],
    addressSealed: ['地址（加密）', 'address, sealed', 'sealed'],
    citySealed: ['城市（加密）', 'city, sealed', 'sealed'],
    toldBy: ['各项由谁在何时告知（不含内容）', 'who told each field, and when', 'personal'],
    updatedAtMs: ['更新时间', 'updated at', 'none'],
  }),
  termsOf<ConsentState>('consent_state', ['当前授权', 'consent as it stands'], {
    memberId: ['会员', 'member', 'personal'],
    purpose: ['用途', 'purpose', 'none'],
    state: ['状态：granted 同意，withdrawn 撤回', 'state', 'personal'],
    changedAtMs: ['变更时间', 'changed at', 'none'],
  }),
  termsOf<MemberStore>('member_store', ['会员与门店', 'a member in a store'], {
    storeId: ['门店', 'store', 'none'],
    memberId: ['会员', 'member', 'personal'],
    purchaseCount: ['在此消费次数', 'purchases there', 'personal'],
    totalFen: ['在此累计消费，分', 'total there, fen', 'personal'],
    lastPurchaseAtMs: ['在此最近消费时间', 'last purchase there', 'personal'],
  }),
  termsOf<CashierDay>('cashier_day', ['店员日报', 'day of an employee'], {
    storeId: ['门店', 'store', 'none'],
    businessDate: ['营业日', 'business date', 'none'],
    cashier: ['店员（按收银台所示），空为未注明', 'employee, as the till says', 'none'],
    salesCount: ['销售笔数', 'sales', 'none'],
    salesFen: ['销售额，分', 'sales, fen', 'none'],
    memberSalesCount: ['会员销售笔数', 'sales to members', 'none'],
    memberSalesFen: ['会员销售额，分', 'sales to members, fen', 'none'],
    newMembers: ['登记的新会员数', 'members registered', 'none'],
  }),
  termsOf<ExportJob>('export_job', ['导出任务', 'export'], {
    id: ['任务 id', 'id', 'none'],
    staffId: ['谁导出', 'staff member', 'none'],
    kind: ['导出什么', 'kind', 'none'],
    filterSealed: ['筛选条件（加密）', 'filter, sealed', 'sealed'],
    state: ['状态', 'state', 'none'],
    doneRows: ['已写行数', 'rows written', 'none'],
    totalRows: ['总行数', 'rows in all', 'none'],
    nextAtMs: ['下次处理时间', 'looked at again', 'none'],
    createdAtMs: ['建立时间', 'created at', 'none'],
    finishedAtMs: ['完成时间', 'finished at', 'none'],
  }),
]

/** Messages and campaigns. */
export const messageTerms: TableTerms[] = [
  termsOf<Campaign>('campaign', ['活动', 'campaign'], {
    id: ['活动 id', 'id', 'none'],
    name: ['名称', 'name', 'none'],
    state: ['状态', 'state', 'none'],
    audience: ['发给谁（条件，JSON）', 'audience (JSON)', 'none'],
    channels: ['渠道，按先后', 'channels, in order', 'none'],
    contentId: ['内容', 'content', 'none'],
    couponTemplateId: ['送哪种券', 'coupon that goes with it', 'none'],
    couponVersion: ['送的是第几版', 'version of that coupon', 'none'],
    sendAtMs: ['发送时间', 'send at', 'none'],
    launchedAtMs: ['开始时间', 'launched at', 'none'],
    pickedUpTo: ['名单已写到哪位会员', 'last member picked', 'personal'],
    pickedCount: ['名单人数', 'members picked', 'none'],
    nextAtMs: ['下次处理时间', 'looked at again', 'none'],
    finishedAtMs: ['结束时间', 'finished at', 'none'],
    createdBy: ['建立人', 'created by', 'none'],
    idempotencyKey: ['幂等键', 'idempotency key', 'none'],
    inputSha256: ['内容的哈希', 'hash of the input', 'none'],
    createdAtMs: ['建立时间', 'created at', 'none'],
  }),
  termsOf<MessageContent>('message_content', ['消息内容', 'content of messages'], {
    id: ['内容 id', 'id', 'none'],
    title: ['标题', 'title', 'none'],
    body: ['正文', 'body', 'none'],
    createdAtMs: ['建立时间', 'created at', 'none'],
  }),
  termsOf<Message>('message', ['消息', 'message'], {
    id: ['消息 id', 'id', 'none'],
    memberId: ['发给谁', 'member', 'personal'],
    contentId: ['内容', 'content', 'none'],
    campaignId: ['活动', 'campaign', 'none'],
    purpose: ['用途', 'purpose', 'none'],
    channels: ['还可尝试的渠道', 'channels still to try', 'none'],
    channel: ['使用的渠道', 'channel', 'none'],
    state: ['状态', 'state', 'none'],
    reason: ['原因', 'reason', 'none'],
    attempts: ['尝试次数', 'attempts', 'none'],
    nextAtMs: ['下次处理时间', 'due at', 'none'],
    unlessBoughtAfterMs: ['此后有消费则不发', 'not sent after a purchase since', 'none'],
    createdAtMs: ['建立时间', 'created at', 'none'],
    changedAtMs: ['变更时间', 'changed at', 'none'],
    sentAtMs: ['发出时间', 'sent at', 'personal'],
    readAtMs: ['阅读时间', 'read at', 'personal'],
    providerId: ['服务商编号', 'id at the provider', 'none'],
  }),
  termsOf<SubscriptionEntry>(
    'subscription_entry',
    ['订阅次数流水', 'entry of subscription credits'],
    {
      id: ['流水 id', 'id', 'none'],
      identityId: ['微信身份', 'WeChat identity', 'personal'],
      templateId: ['模板', 'template', 'none'],
      credits: ['增减次数', 'credits, signed', 'none'],
      reason: ['原因', 'reason', 'none'],
      sourceKey: ['来源键，同一原因下唯一', 'source key, unique per reason', 'none'],
      occurredAtMs: ['发生时间', 'occurred at', 'personal'],
    },
  ),
  termsOf<SubscriptionBalance>('subscription_balance', ['订阅次数', 'subscription credits'], {
    identityId: ['微信身份', 'WeChat identity', 'personal'],
    templateId: ['模板', 'template', 'none'],
    credits: ['剩余次数', 'credits left', 'none'],
    changedAtMs: ['变更时间', 'changed at', 'none'],
  }),
]
