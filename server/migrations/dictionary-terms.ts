import type { Consent } from '../consent/consent.entity.js'
import type { Identity } from '../members/identity.entity.js'
import type { MemberSession } from '../members/member-session.entity.js'
import type { Member } from '../members/member.entity.js'
import type { EventDelivery } from '../platform/event-delivery.entity.js'
import type { EventLog } from '../platform/event-log.entity.js'
import type { PointsAccount } from '../points/points-account.entity.js'
import type { PointsTransfer } from '../points/points-transfer.entity.js'
import type { PurchaseLine } from '../purchases/purchase-line.entity.js'
import type { PurchasePayment } from '../purchases/purchase-payment.entity.js'
import type { Purchase } from '../purchases/purchase.entity.js'
import type { MemberStat } from '../segments/member-stat.entity.js'
import type { StoreDay } from '../reports/store-day.entity.js'
import type { Staff } from '../staff/staff.entity.js'
import type { AgentEvent } from '../stores/agent-event.entity.js'
import type { EnrolmentCode } from '../stores/enrolment-code.entity.js'
import type { ParkedEvent } from '../stores/parked-event.entity.js'
import type { Store } from '../stores/store.entity.js'
import type { TerminalSource } from '../stores/terminal-source.entity.js'
import type { Terminal } from '../stores/terminal.entity.js'
import { termsOf, type TableTerms } from './dictionary-words.js'
import { keyTerms } from './dictionary-key-terms.js'
import { changeTerms } from './dictionary-change-terms.js'
import { pointsTerms } from './dictionary-points-terms.js'
import { pointsReportTerms } from './dictionary-points-report-terms.js'
import { couponTerms } from './dictionary-coupon-terms.js'
import { issueTerms } from './dictionary-issue-terms.js'
import { offlineTerms } from './dictionary-offline-terms.js'
import { mallTerms } from './dictionary-mall-terms.js'
import { pickupTerms } from './dictionary-pickup-terms.js'
import { packTerms } from './dictionary-pack-terms.js'
import { levelTerms } from './dictionary-level-terms.js'
import { importTerms } from './dictionary-import-terms.js'
import { openTerms } from './dictionary-open-terms.js'
import { mergeTerms } from './dictionary-merge-terms.js'
import { matchingTerms } from './dictionary-matching-terms.js'
import { accessTerms } from './dictionary-access-terms.js'
import { messageTerms, peopleTerms } from './dictionary-people-terms.js'
import { resolutionTerms } from './dictionary-resolution-terms.js'
import { qualityTerms } from './dictionary-quality-terms.js'
import { reviewTerms } from './dictionary-review-terms.js'
import { referralTerms } from './dictionary-referral-terms.js'
import { ownerTerms } from './dictionary-owner-terms.js'
import { rightsTerms } from './dictionary-rights-terms.js'

// What every table and column is called, in Chinese and in English, and how sensitive it is. The
// types ask for every column of an entity; tests/house/dictionary.spec.ts asks for every table.

const shopTerms: TableTerms[] = [
  termsOf<Store>('store', ['门店', 'store'], {
    id: ['门店 id', 'store id', 'none'],
    code: ['门店编号，人用', 'store code, for people', 'none'],
    name: ['门店名称', 'store name', 'none'],
    timeZone: ['时区（IANA）', 'time zone (IANA)', 'none'],
    createdAtMs: ['建立时间', 'created at', 'none'],
  }),
  termsOf<Terminal>('terminal', ['收银台', 'till'], {
    id: ['收银台 id', 'terminal id', 'none'],
    storeId: ['所在门店', 'store it stands in', 'none'],
    code: ['收银台编号，店内唯一', 'terminal code, unique in its store', 'none'],
    state: ['状态：unenrolled 未登记，active 启用，revoked 停用', 'state', 'none'],
    publicKeyJwk: ['设备公钥', 'public half of the device key', 'none'],
    agentVersion: ['收银助手版本', 'agent version', 'none'],
    lastSeenAtMs: ['最近连接时间', 'last heard of at', 'none'],
    outboxDepth: ['最近一次上报的待上传条数', 'events waiting on it, as it said last', 'none'],
    clockSkewMs: ['服务器时间减本机时间', 'server time less its time', 'none'],
    createdAtMs: ['建立时间', 'created at', 'none'],
    enrolledAtMs: ['登记时间', 'enrolled at', 'none'],
    revokedAtMs: ['停用时间', 'revoked at', 'none'],
  }),
  termsOf<TerminalSource>('terminal_source', ['收银台的数据来源', 'source of a till'], {
    terminalId: ['收银台', 'terminal', 'none'],
    kind: ['来源：escpos_tap 打印口，file_drop 文件', 'kind of source', 'none'],
    lastSyncAtMs: ['最近同步时间', 'last received from at', 'none'],
    lastCapturedAtMs: ['已到数据中最新一笔的采集时间', 'newest capture that arrived', 'none'],
  }),
  termsOf<EnrolmentCode>('enrolment_code', ['登记码', 'enrolment code'], {
    codeSha256: ['登记码的哈希', 'hash of the one-time code', 'secret'],
    terminalId: ['登记哪个收银台', 'terminal it enrols', 'none'],
    createdAtMs: ['生成时间', 'created at', 'none'],
    expiresAtMs: ['失效时间', 'expires at', 'none'],
    usedAtMs: ['使用时间', 'used at', 'none'],
  }),
  termsOf<AgentEvent>('agent_event', ['收银台上报的事件', 'event from a till'], {
    eventId: ['事件 id，在收银台生成', 'event id, minted on the till', 'none'],
    terminalId: ['来自哪个收银台', 'terminal it came from', 'none'],
    type: ['事件类型', 'event type', 'none'],
    contentSha256: ['内容哈希', 'hash of the content', 'none'],
    status: ['处理结果：accepted、duplicate、rejected', 'status', 'none'],
    code: ['原因代码', 'outcome code', 'none'],
    purchaseId: ['对应的消费', 'purchase', 'none'],
    memberId: ['对应的会员', 'member', 'personal'],
    points: ['变动的积分', 'points moved', 'personal'],
    balancePoints: ['变动后的积分', 'balance told', 'personal'],
    receivedAtMs: ['收到时间', 'received at', 'none'],
    couponCode: ['券没有用上的原因代码', 'why coupons are not off it', 'none'],
  }),
  termsOf<ParkedEvent>('parked_event', ['搁置的事件', 'parked event'], {
    eventId: ['事件 id', 'event id', 'none'],
    terminalId: ['来自哪个收银台', 'terminal it came from', 'none'],
    code: ['搁置原因代码', 'outcome code', 'none'],
    payloadSealed: ['事件原文，加密', 'the event, sealed', 'sealed'],
    receivedAtMs: ['收到时间', 'received at', 'none'],
    resolvedAtMs: ['处理时间', 'settled at', 'none'],
    resolvedBy: ['处理人（员工 id）', 'settled by (staff id)', 'personal'],
  }),
  termsOf<Staff>('staff', ['员工', 'staff member'], {
    id: ['员工 id', 'staff id', 'personal'],
    username: ['登录账号', 'user name', 'personal'],
    name: ['姓名', 'name', 'personal'],
    role: ['角色：owner 总部，operations 运营，manager 店长等', 'role', 'none'],
    state: ['状态', 'state', 'none'],
    passwordHash: ['密码哈希（argon2id）', 'password hash (argon2id)', 'secret'],
    createdAtMs: ['建立时间', 'created at', 'none'],
    lastSignInAtMs: ['最近登录时间', 'last sign-in at', 'personal'],
  }),
]

const memberTerms: TableTerms[] = [
  termsOf<Member>('member', ['会员', 'member'], {
    id: ['会员 id，全渠道统一（customer_id）', 'member id (customer_id)', 'personal'],
    memberNo: ['会员号，12 位', 'member number', 'personal'],
    state: ['状态：pending 待确认，active 正式，merged 已并入，erased 已注销', 'state', 'none'],
    levelCode: ['等级代码', 'level code', 'personal'],
    mergedIntoId: ['并入了哪位会员', 'survivor of a merge', 'personal'],
    registeredStoreId: ['注册门店', 'store of registration', 'personal'],
    registeredChannel: ['注册渠道：pos、wechat', 'channel of registration', 'none'],
    registeredCashier: ['登记的店员（按收银台所示）', 'employee who registered them', 'none'],
    ownerStaffId: ['归属员工', 'member of staff who looks after them', 'none'],
    createdAtMs: ['注册时间', 'created at', 'personal'],
    updatedAtMs: ['更新时间', 'updated at', 'none'],
  }),
  termsOf<Identity>('identity', ['身份', 'identity'], {
    id: ['身份 id', 'identity id', 'none'],
    memberId: ['属于哪位会员', 'member', 'personal'],
    kind: ['种类：phone 手机号，wechat_openid、card、email 等', 'kind', 'none'],
    namespace: ['命名空间：cn、小程序 AppID 或平台', 'namespace', 'none'],
    valueIndex: ['值的盲索引（HMAC），用于查找', 'blind index of the value', 'sealed'],
    valueSealed: ['值，加密（手机号、openid）', 'the value, sealed', 'sealed'],
    last4Index: ['手机号后四位的盲索引', 'blind index of the last four digits', 'sealed'],
    assurance: ['可信程度：verified、claimed、observed', 'assurance', 'none'],
    source: ['来源', 'source', 'none'],
    firstSeenAtMs: ['首次出现时间', 'first seen at', 'personal'],
    lastSeenAtMs: ['最近出现时间', 'last seen at', 'personal'],
    viaId: ['随哪个身份而来', 'the identity it came along with', 'personal'],
  }),
  termsOf<MemberSession>('member_session', ['会员登录会话', 'member session'], {
    id: ['会话 id', 'session id', 'personal'],
    memberId: ['会员；未验证手机号前为空', 'member, once known', 'personal'],
    openidSealed: ['微信 openid，加密', 'WeChat openid, sealed', 'sealed'],
    unionidSealed: ['微信 unionid，加密', 'WeChat unionid, sealed', 'sealed'],
    refreshSha256: ['刷新令牌的哈希', 'hash of the refresh token', 'secret'],
    usedRefreshSha256: ['上一个刷新令牌的哈希', 'hash of the one before', 'secret'],
    createdAtMs: ['登录时间', 'created at', 'personal'],
    expiresAtMs: ['失效时间', 'expires at', 'none'],
    revokedAtMs: ['作废时间', 'revoked at', 'none'],
  }),
  termsOf<Consent>('consent', ['同意记录', 'consent'], {
    id: ['记录 id', 'record id', 'none'],
    memberId: ['会员', 'member', 'personal'],
    purpose: ['用途', 'purpose', 'none'],
    state: ['状态：noticed 已告知，granted 同意', 'state', 'personal'],
    policyVersion: ['告知文本的版本', 'version of the notice', 'none'],
    textSha256: ['告知文本的哈希', 'hash of the notice', 'none'],
    how: ['方式', 'how it was given', 'none'],
    evidence: ['凭据（事件或会员 id）', 'evidence (event or member id)', 'personal'],
    occurredAtMs: ['发生时间', 'occurred at', 'personal'],
    recordedAtMs: ['记录时间', 'recorded at', 'none'],
  }),
]

const bookTerms: TableTerms[] = [
  termsOf<Purchase>('purchase', ['消费（销售或退货）', 'purchase (sale or refund)'], {
    id: ['消费 id，全渠道统一（order_id）', 'purchase id (order_id)', 'none'],
    businessKey: ['业务键：门店|收银台|营业日|小票号|类型', 'business key', 'none'],
    contentSha256: ['内容哈希', 'hash of the content', 'none'],
    kind: ['类型：sale 销售，refund 退货', 'kind', 'none'],
    channel: ['渠道：pos 门店，online 线上', 'channel', 'none'],
    sourceKind: ['来源：escpos_tap、file_drop、open_api', 'kind of source', 'none'],
    storeId: ['门店', 'store', 'none'],
    terminalId: ['收银台；线上订单填门店 id', 'terminal; the store of an online order', 'none'],
    receiptNo: ['小票号或订单号', 'receipt or order number', 'none'],
    businessDate: ['营业日，门店时区', 'business date', 'none'],
    printedAt: ['小票上印的时间，门店时区', 'time as printed', 'none'],
    occurredAtMs: ['发生时间', 'occurred at', 'none'],
    recordedAtMs: ['入库时间', 'recorded at', 'none'],
    clockSuspect: ['1：来源时钟超前，发生时间已改用收到时间', '1: its clock ran ahead', 'none'],
    memberId: ['会员；散客为空', 'member, if any', 'personal'],
    madeUnderId: [
      '凭哪个身份或哪个会员档案记入',
      'the identity or record it was made under',
      'personal',
    ],
    totalFen: ['实付金额，分', 'amount paid, fen', 'personal'],
    changeFen: ['找零，分', 'change, fen', 'none'],
    refundedFen: ['已退金额，分', 'refunded so far, fen', 'personal'],
    earnedPoints: ['所得积分', 'points earned', 'personal'],
    reversedPoints: ['已扣回积分', 'points taken back', 'personal'],
    couponFen: ['用券减的金额（分）', 'taken off by coupons, in fen', 'personal'],
    spentPoints: ['抵现的积分', 'points that paid for it', 'personal'],
    returnedPoints: ['其中已退回', 'of these, given back', 'personal'],
    earnedAs: [
      '得分时对会员的判断（JSON）：成立的加倍加分、当天已得积分',
      'what was decided of the member when it earned (JSON)',
      'personal',
    ],
    cashier: ['收银员（小票所印）', 'cashier, as printed', 'personal'],
    originalReceiptNo: ['退货所指的原小票号', 'receipt number a refund names', 'none'],
    originalPurchaseId: ['退货对应的原消费', 'sale a refund answers', 'none'],
    lineCount: ['商品行数', 'number of lines', 'none'],
    firstLineName: ['第一行商品名', 'name on the first line', 'personal'],
  }),
  termsOf<PurchaseLine>('purchase_line', ['消费明细', 'purchase line'], {
    purchaseId: ['消费', 'purchase', 'none'],
    lineNo: ['行号，从 1 起', 'line number, from 1', 'none'],
    name: ['商品名', 'name of the goods', 'personal'],
    code: ['商品编码或条码', 'code or barcode', 'none'],
    quantityMilli: ['数量，千分之一', 'quantity in thousandths', 'none'],
    unitPriceFen: ['单价，分', 'unit price, fen', 'none'],
    amountFen: ['金额，分；退回为负', 'amount, fen; negative when taken back', 'none'],
  }),
  termsOf<PurchasePayment>('purchase_payment', ['支付明细', 'payment of a purchase'], {
    purchaseId: ['消费', 'purchase', 'none'],
    lineNo: ['序号，从 1 起', 'number, from 1', 'none'],
    method: ['支付方式', 'method', 'none'],
    amountFen: ['金额，分', 'amount, fen', 'none'],
  }),
  termsOf<PointsAccount>('points_account', ['积分账户', 'points account'], {
    memberId: ['会员', 'member', 'personal'],
    balancePoints: ['积分余额', 'balance', 'personal'],
    headSeq: ['最后一笔的序号', 'number of the last transfer', 'none'],
    headHash: ['最后一笔的链哈希', 'hash of the last transfer', 'none'],
    openedAtMs: ['开户时间', 'opened at', 'none'],
    owedPoints: ['待扣的积分', 'points owed', 'personal'],
  }),
  termsOf<PointsTransfer>('points_transfer', ['积分流水', 'points transfer'], {
    id: ['流水 id', 'transfer id', 'none'],
    memberId: ['会员', 'member', 'personal'],
    seq: ['该会员的第几笔', 'number within the member', 'none'],
    fromAccount: ['转出账户', 'from account', 'personal'],
    toAccount: ['转入账户', 'to account', 'personal'],
    points: ['积分，正整数', 'points, positive', 'personal'],
    balanceAfterPoints: ['之后的余额', 'balance afterwards', 'personal'],
    reason: ['原因代码', 'reason code', 'none'],
    sourceKey: ['来源键，同一原因下唯一', 'source key, unique per reason', 'none'],
    ruleId: ['积分规则', 'rule', 'none'],
    ruleVersion: ['规则版本', 'version of the rule', 'none'],
    explanation: ['算式说明', 'the arithmetic, in words', 'personal'],
    actor: ['经手（收银台、员工或系统）', 'actor', 'none'],
    occurredAtMs: ['发生时间', 'occurred at', 'personal'],
    recordedAtMs: ['记账时间', 'recorded at', 'none'],
    answersTransferId: ['冲正的是哪一笔', 'transfer it corrects', 'none'],
    availableAtMs: ['何时起可用', 'may be spent from', 'personal'],
    expiresAtMs: ['何时到期', 'expires at', 'personal'],
    previousHash: ['上一笔的链哈希', 'hash of the one before', 'none'],
    hash: ['本笔的链哈希', 'hash', 'none'],
  }),
]

const eventTerms: TableTerms[] = [
  termsOf<EventLog>('event_log', ['业务事件', 'domain event'], {
    id: ['事件 id', 'event id', 'none'],
    type: ['事件类型', 'event type', 'none'],
    aggregateId: ['关于谁（消费或会员 id）', 'what it is about', 'personal'],
    payload: ['内容：只有 id 和数字', 'payload: ids and numbers only', 'personal'],
    occurredAtMs: ['发生时间', 'occurred at', 'none'],
    recordedAtMs: ['记录时间', 'recorded at', 'none'],
  }),
  termsOf<EventDelivery>('event_delivery', ['事件派发', 'event delivery'], {
    eventId: ['事件', 'event', 'none'],
    consumer: ['由谁处理', 'consumer', 'none'],
    state: ['状态：pending 待处理，done 完成，dead 放弃', 'state', 'none'],
    attempts: ['已失败次数', 'failed attempts', 'none'],
    nextAtMs: ['下次处理时间', 'due at', 'none'],
    lastError: ['最近一次错误', 'last error', 'none'],
  }),
  termsOf<MemberStat>('member_stat', ['会员统计', 'counts of a member'], {
    memberId: ['会员', 'member', 'personal'],
    purchaseCount: ['消费次数', 'purchases', 'personal'],
    totalFen: ['累计消费，分', 'total, fen', 'personal'],
    lastPurchaseAtMs: ['最近消费时间', 'last purchase at', 'personal'],
    lastBusinessDate: ['最近消费的营业日', 'last business date', 'personal'],
    lastStoreId: ['最近消费的门店', 'store of the last purchase', 'personal'],
    onlineCount: ['线上消费次数', 'online purchases', 'personal'],
  }),
  termsOf<StoreDay>('store_day', ['门店日报', 'day of a store'], {
    storeId: ['门店', 'store', 'none'],
    businessDate: ['营业日', 'business date', 'none'],
    salesCount: ['销售笔数', 'sales', 'none'],
    salesFen: ['销售额，分', 'sales, fen', 'none'],
    memberSalesCount: ['会员销售笔数', 'sales to members', 'none'],
    memberSalesFen: ['会员销售额，分', 'sales to members, fen', 'none'],
    refundCount: ['退货笔数', 'refunds', 'none'],
    refundFen: ['退货额，分', 'refunds, fen', 'none'],
    newMembers: ['新会员数', 'new members', 'none'],
    pointsGiven: ['发出积分（减扣回）', 'points given, less taken back', 'none'],
  }),
]

/** Every table, in the order of the dictionary. */
export const DICTIONARY_TERMS: readonly TableTerms[] = [
  ...shopTerms,
  ...memberTerms,
  ...bookTerms,
  ...peopleTerms,
  ...matchingTerms,
  ...changeTerms,
  ...pointsTerms,
  ...pointsReportTerms,
  ...reviewTerms,
  ...referralTerms,
  ...levelTerms,
  ...couponTerms,
  ...issueTerms,
  ...offlineTerms,
  ...mallTerms,
  ...pickupTerms,
  ...packTerms,
  ...qualityTerms,
  ...resolutionTerms,
  ...accessTerms,
  ...mergeTerms,
  ...messageTerms,
  ...rightsTerms,
  ...ownerTerms,
  ...openTerms,
  ...keyTerms,
  ...importTerms,
  ...eventTerms,
]
