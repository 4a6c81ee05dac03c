// What the verifier of the points book found, in words for whoever has to act on it. The verifier
// says it in English, one sentence for each thing it compares; tests hold that every one is here.

type Words = (found: readonly string[]) => string

const SENTENCES: readonly [said: RegExp, words: Words][] = [
  [/^its purchase is missing$/, () => '这笔积分流水对应的消费记录不见了'],
  [/^its merge is missing$/, () => '这笔积分流水对应的会员合并记录不见了'],
  [/^its referral is missing$/, () => '这笔推荐积分对应的推荐记录不见了'],
  [/^its referral is missing, or says otherwise$/, () => '推荐积分对应的推荐记录不见了，或被改过'],
  [/^its lot is missing$/, () => '这笔到期流水对应的积分批次不见了'],
  [
    /^follows number (-?\d+): one is missing or added$/,
    ([seq = '']) => `接在第 ${seq} 笔后面的流水不对：中间少了或多了流水`,
  ],
  [/^does not continue the chain$/, () => '这笔流水和前一笔接不上：有流水被换过'],
  [/^content differs from its hash$/, () => '这笔流水的内容被改过'],
  [/^is not a transfer of this member$/, () => '这笔流水不是这位会员的'],
  [/^balance after it is wrong$/, () => '这笔流水之后的余额算错了'],
  [/^takes what had not expired$/, () => '这笔到期扣走的积分还没有到期'],
  [/^takes back what is not there$/, () => '这笔撤销找不到它要撤销的流水'],
  [/^is not what the other side of its merge moved$/, () => '合并会员时转出和转入的积分不相等'],
  [/^is not what the checkpoint signed$/, () => '流水和签发检查点时不一样，之后被改过'],
  [/^there is no such member$/, () => '积分账户没有对应的会员'],
  [/^was not opened when the member joined$/, () => '积分账户的开户时间被改过'],
  [/^holds points that are those of its survivor$/, () => '已并入他人的会员名下还有积分'],
  [/^balance is not the sum of its transfers$/, () => '积分余额和流水合计不相等'],
  [/^chain head is not the last transfer$/, () => '账户记录的最后一笔流水不对'],
  [/^account is missing, its transfers are there$/, () => '有积分流水，积分账户却不见了'],
  [/^account is missing, its member is there$/, () => '会员的积分账户不见了'],
  [/^its activity is missing$/, () => '这笔积分活动的记录不见了，或被改过'],
  [/^its transfer is missing, or gave something else$/, () => '积分活动的记录没有对应的积分流水'],
  [/^its review is missing, or says otherwise$/, () => '评价积分对应的评价不见了，或被改过'],
  [/^says it gave points, and nothing was done$/, () => '评价写着给过积分，却没有对应的记录'],
  [/^does not follow the one before it of its kind$/, () => '积分活动的记录中间少了或多了'],
  [/^is not done once$/, () => '填齐资料的记录被改过'],
  [/^was done on another day$/, () => '签到记录的日期和流水不一致'],
  [/^does not follow the days before it$/, () => '签到记录的连续天数不对'],
  [/^its hold is missing$/, () => '这笔积分流水对应的预留记录不见了'],
  [/^sets aside what could not be spent$/, () => '预留或兑换了当时还不能用的积分'],
  [/^its exchange is missing$/, () => '这笔积分流水对应的兑换记录不见了'],
  [/^the transfer that took its points is missing$/, () => '兑换扣积分的流水不见了'],
  [
    /^its transfer took another number of points, or not then$/,
    () => '兑换记录的积分或时间和流水不一致',
  ],
  [/^its points were those of another member$/, () => '兑换记在了另一位会员名下'],
  [/^what its item promised is missing$/, () => '兑换的商品内容不见了，或读不出来'],
  [/^is not what its item promised$/, () => '兑换用的积分不是商品写明的'],
  [/^is not what was exchanged then$/, () => '兑换的商品名称或件数被改过'],
  [/^its coupon is missing, or was given for something else$/, () => '兑换的券不见了，或被换过'],
  [/^is \w+, and its points are not where they belong$/, () => '兑换的状态和积分账不一致'],
  [/^what it promises is missing$/, () => '商品的版本不见了，或读不出来'],
  [/^is not as it was published$/, () => '商品的限额或状态被改过，和发布时不一样'],
  [/^its stores are not those it names$/, () => '商品的领取门店被改过'],
  [/^its count is not that of its exchanges$/, () => '商品的已兑件数和兑换记录合计不相等'],
  [/^puts off or pays back what is not owed$/, () => '记下或扣还了并不存在的欠分'],
  [/^owes what was not put off$/, () => '账户记着的欠分和流水不相等'],
  [/^more was paid in money than it took back$/, () => '退款时折现收回的积分比扣回的还多'],
  [/^the order it paid is missing$/, () => '预留的积分抵了现，那笔消费却不见了'],
  [/^a transfer moved another number of points$/, () => '预留的积分数和流水不相等'],
  [/^the transfer that set it aside is missing$/, () => '预留积分的流水不见了'],
  [/^was not set aside as it says$/, () => '预留记录和流水对不上'],
  [/^was not set aside by this till, or not then$/, () => '预留记录的收银台或时间被改过'],
  [/^is not for the order it was set aside for$/, () => '预留记录的订单金额被改过'],
  [/^is \w+, and the book says otherwise$/, () => '预留记录的状态和积分账不一致'],
  [/^is \w+, and its order says otherwise$/, () => '预留记录的状态和那笔消费不一致'],
  [
    /^says (-?\d+) points paid for it, the book has (-?\d+)$/,
    ([says = '', has = '']) => `消费记录写着用了 ${says} 分，积分账里是 ${has} 分`,
  ],
  [/^a sale that gives back what paid for it$/, () => '消费单上退回了它自己用掉的积分'],
  [
    /^says (-?\d+) points came back, the book has (-?\d+)$/,
    ([says = '', has = '']) => `退款记录写着退回 ${says} 分，积分账里是 ${has} 分`,
  ],
  [/^gave back what paid for no sale$/, () => '退款退回了抵现的积分，却没有对应的消费'],
  [
    /^points it says came back are not what refunds gave back$/,
    () => '消费记录写的退回抵现积分和各次退款不相等',
  ],
  [/^the accounts do not sum to zero$/, () => '所有账户的积分加起来不是零'],
  [/^no transfer of this member gave it$/, () => '这批积分没有来源'],
  [
    /^what is left of it is not what its transfers left$/,
    () => '这批积分的剩余和流水算出来的不相等',
  ],
  [/^its state is not that of what is left$/, () => '这批积分的状态不对'],
  [/^its dates are not those of its transfer$/, () => '这批积分的可用日或到期日被改过'],
  [/^the lot of this transfer is missing$/, () => '这笔流水带来的积分批次不见了'],
  [/^is not what its transfer took of a lot$/, () => '积分从哪一批里扣的记录被改过'],
  [/^what it took of a lot is missing$/, () => '积分从哪一批里扣的记录不见了'],
  [/^its transfer is missing$/, () => '有扣减批次的记录，扣减的流水却不见了'],
  [
    /^says (-?\d+) points, the book has (-?\d+)$/,
    ([says = '', has = '']) => `消费记录写着 ${says} 分，积分账里是 ${has} 分`,
  ],
  [/^its points are with member /, () => '这笔消费的积分记在了另一位会员名下'],
  [
    /^points it says were taken back are not what refunds took$/,
    () => '消费记录写的退回积分和各次退款扣回的不相等',
  ],
  [
    /^what it says was refunded is not the sum of its refunds$/,
    () => '消费记录写的退款金额和各次退款合计不相等',
  ],
  [/^a refund that earned points$/, () => '退款单上记着得分'],
  [/^took points back for no sale$/, () => '退款扣回了积分，却没有对应的消费'],
  [/^is not the beginning$/, () => '检查点的起点被改过'],
  [/^the one before it is missing$/, () => '前一个检查点不见了'],
  [/^does not follow the one before it$/, () => '检查点和前一个接不上'],
  [/^its signature is not right$/, () => '检查点的签名不对'],
  [/^its heads are not those it signed$/, () => '检查点保存的账户清单被改过'],
  [/^is not the one of the copy$/, () => '检查点和另存的副本不一样'],
]

/** A sentence of the verifier in words; null where none is known. */
export function findingWords(what: string): string | null {
  for (const [said, words] of SENTENCES) {
    const found = said.exec(what)
    if (found) return words(found.slice(1))
  }
  return null
}
