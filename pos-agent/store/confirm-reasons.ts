import type { ConfirmReason } from './types.js'

const SENTENCES: Record<ConfirmReason, string> = {
  amount_doubtful: '金额读得不够确定，请核对实付金额',
  total_missing: '没有读到应付金额，请输入',
  reprint_unknown: '这是补打或副联，没有找到第一张，请确认要不要记',
  void_unknown: '这是作废单，没有找到原单，请输入退回金额',
  display_only: '只从客显读到金额，请确认',
  possible_duplicate: '与另一张小票内容完全相同，请确认是不是另一笔',
  other_source_similar: '另一处已有时间相近、金额相同的小票，请确认是不是另一笔',
  number_reused: '同一小票号已有另一张小票，这张读得不够确定，请核对',
}

/** What the cashier reads under a receipt that needs confirmation. */
export function confirmSentence(reason: ConfirmReason): string {
  return SENTENCES[reason]
}

/** Reads back a stored reason; null for one this version does not know. */
export function confirmReasonOf(text: string | null): ConfirmReason | null {
  return text !== null && text in SENTENCES ? (text as ConfirmReason) : null
}
