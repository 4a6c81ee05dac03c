// The sentences of coupon packs: what is sold, its orders, and what does not agree about money.

export const packStrings = {
  title: '券包',
  note: '一次付款买一组券，用微信支付。券按约定的日子到会员的券包里；没用的券可以退。',
  sections: { packs: '券包', orders: '订单', findings: '对账差异' },
  choose: '看什么',
  create: '新建券包',
  created: (title: string) => `“${title}”已开始卖`,
  empty: '还没有券包。先在“优惠券”里建好不限量的券，再来组成券包。',
  emptyOrders: '还没有订单',
  state: { open: '在售', stopped: '已停售' },
  version: (version: string) => `第 ${version} 版`,
  sold: (sold: string, stock: string | null) =>
    stock === null ? `已售 ${sold}，不限量` : `已售 ${sold} / ${stock}`,
  memberMax: (most: string | null) => (most === null ? '每人不限' : `每人最多 ${most} 个`),
  change: '修改',
  changeNamed: (title: string) => `修改${title}`,
  changed: (title: string, version: string) => `“${title}”已修改，现在是第 ${version} 版`,
  stop: '停售',
  stopNamed: (title: string) => `停售${title}`,
  stopPromise: (title: string) => `“${title}”马上停售。已经卖出的照常给券、照常能退。`,
  resume: '恢复在售',
  resumeNamed: (title: string) => `恢复在售：${title}`,
  resumePromise: (title: string) => `“${title}”马上恢复在售，价格和内容不变。`,
  order: {
    open: '券和退款',
    openOf: (orderNo: string) => `券和退款，订单 ${orderNo}`,
    member: '看会员',
    memberOf: (orderNo: string) => `看会员，订单 ${orderNo}`,
    placed: (at: string) => `下单 ${at}`,
    paid: (at: string) => `支付 ${at}`,
    refunded: (amount: string) => `已退 ${amount}`,
  },
} as const

export const packFormStrings = {
  title: '新建券包',
  name: '名称',
  price: '售价（元）',
  priceBad: '写一个金额，最少 0.01 元，最多两位小数',
  stock: '总量',
  memberMax: '每人最多买几个',
  noLimit: '不填就是不限',
  wholeBad: '写一个 1 以上的整数，或者不填',
  items: '里面的券',
  item: (at: number) => `第 ${String(at)} 种`,
  coupon: '哪种券',
  couponOf: (at: number) => `第 ${String(at)} 种券`,
  couponHint: '只能选不限量、不限每人张数和预算、从发放起计算有效期的券',
  noCoupons: '没有可以放进券包的券',
  count: '每次几张',
  countOf: (at: number) => `第 ${String(at)} 种每次几张`,
  countBad: '写 1 到 50 的整数',
  when: '什么时候给',
  whenOf: (at: number) => `第 ${String(at)} 种什么时候给`,
  whens: { now: '付款后马上', day: '若干天后', monthly: '每月' },
  days: '几天后',
  daysOf: (at: number) => `第 ${String(at)} 种几天后`,
  daysBad: '写 1 到 366 的整数',
  months: '共几个月',
  monthsOf: (at: number) => `第 ${String(at)} 种共几个月`,
  monthsBad: '写 2 到 24 的整数',
  worth: '每张值多少（元）',
  worthOf: (at: number) => `第 ${String(at)} 种每张值多少`,
  worthHint: '退一部分时，按各张的值分摊售价',
  add: '再加一种',
  remove: (at: number) => `去掉第 ${String(at)} 种`,
  tooMany: '一个券包最多 100 张券',
  promise: (coupons: string, price: string, worth: string) =>
    `会员付 ${price}，得 ${coupons} 张券，合计值 ${worth}。建好就开始卖。`,
  submit: '建好并开始卖',
  changeTitle: '修改券包',
  save: '保存',
  promiseChange: (of: {
    coupons: string
    price: string
    worth: string
    version: string
    sold: string
  }) =>
    `保存后成为第 ${of.version} 版，马上按它卖：会员付 ${of.price}，得 ${of.coupons} 张券，合计值 ${of.worth}。` +
    `已售的 ${of.sold} 个照买的时候的给，不变。`,
  promiseLimits: (version: string) =>
    `只改总量和每人能买几个，马上生效；价格和内容还是第 ${version} 版。`,
  nothing: '还没有改动',
  unanswered: '没有收到回应，不确定有没有保存。请原样再点一次，不会存两次。',
  outdated: (version: string) => `有人刚刚改过，现在是第 ${version} 版`,
  stockNow: (stock: string | null) => (stock === null ? '不限量' : `总量 ${stock}`),
  keepMine: '用我填的，在这一版上保存',
  takeTheirs: '放弃我填的，从这一版改起',
} as const

export const refundStrings = {
  title: '订单',
  close: '关闭',
  formTitle: '退没用的券',
  not: '不能退的',
  nothing: '没有可以退的券：已用、使用中、已过期和已退的都不能退。',
  which: '退哪几张',
  all: (coupons: string, amount: string) => `全部 ${coupons} 张没用的，${amount}`,
  grant: (of: { at: string; name: string; headline: string; what: string; share: string }) =>
    `第 ${of.at} 张 ${of.name}（${of.headline}），${of.what}，${of.share}`,
  due: (at: string) => `${at} 到账`,
  reason: '为什么退',
  note: '说明',
  noteHint: (most: string) => `会员看不到，会记在操作日志里；最多 ${most} 个字`,
  noteMissing: '选“其他原因”时请写清楚是什么',
  promise: (coupons: string, amount: string) =>
    `${coupons} 张券马上作废，${amount} 由微信支付原路退给会员，不能撤回。`,
  submitNone: '退券退款',
  submit: (coupons: string, amount: string) => `退 ${coupons} 张，${amount}`,
  done: (coupons: string, amount: string) => `已作废 ${coupons} 张券，${amount} 正在原路退回`,
  unanswered: '没有收到回应，不确定有没有退成。请原样再点一次，不会重复退。',
  conflict: '刚才那次已经退过了，和现在选的不一样。请关掉重新打开这笔订单再看。',
  history: '退款记录',
  refund: (coupons: string, amount: string) => `退 ${coupons} 张，${amount}`,
  byMember: '会员自己',
} as const

export const findingStrings = {
  state: { open: '待处理', settled: '已处理' },
  choose: '哪些差异',
  note: (day: string | null) =>
    day === null
      ? '每天上午拿微信支付前一天的账单核对，还没有对过。'
      : `每天上午拿微信支付前一天的账单核对，已对到 ${day}。`,
  empty: { open: '没有要处理的差异', settled: '还没有处理过的差异' },
  sums: (ours: string, theirs: string) => `本系统 ${ours} · 微信支付 ${theirs}`,
  nothing: '没有',
  found: (at: string) => `发现于 ${at}`,
  settled: (by: string, at: string) => `${by} 处理于 ${at}`,
  settle: '标记已处理',
  settleOf: (number: string) => `标记已处理：${number}`,
  settleNote: '请先在微信支付商户平台核对或处理这笔钱，再写下怎么处理的。这里不会动钱。',
  how: '怎么处理的',
  howHint: (most: string) => `最多 ${most} 个字`,
} as const
