import type { CodeFault } from '@huike/shared/contracts/coupon-codes'

// The sentences of codes that were printed or sold elsewhere.

const FAULTS: Readonly<Record<CodeFault['reason'], string>> = {
  characters: '只能是字母和数字',
  short: '少于 10 位',
  long: '多于 32 位',
}

export const codeStrings = {
  title: '印刷或在别处卖出的券码',
  note: '一行一个券码，放在第一列，CSV 或文本文件，最大 16 MB。券码 10 到 32 位，只有字母和数字，太短的容易被猜到。会员在小程序的领券中心输入券码，换到一张这种券，每个码只能用一次。同一个文件再传一次不会多出券码；系统不保存券码原文。',
  choose: '选择文件导入',
  sending: '正在导入',
  unanswered: '没有收到回答，可能已经导入一部分。把同一个文件再传一次就好，不会重复。',
  summary: (imported: string, used: string) => `已导入 ${imported} 个，已兑换 ${used} 个。`,
  short: (unused: string, left: string) =>
    `还有 ${unused} 个码没有兑换，而这种券只剩 ${left} 张：请增加总量，不然有人换不到。`,
  added: (added: string) => `新增 ${added} 个券码。`,
  known: (known: string) => `${known} 行以前导入过，或在文件里重复。`,
  elsewhere: (elsewhere: string) => `${elsewhere} 行是另一种券的券码，没有改动。`,
  onPosters: (onPosters: string) => `${onPosters} 行和海报上的口令相同，没有导入。`,
  faulty: (faulty: string) => `${faulty} 行不是券码：`,
  fault: (row: string, reason: CodeFault['reason']) => `第 ${row} 行：${FAULTS[reason]}`,
  more: (shown: string) => `只列出前 ${shown} 行。`,
} as const
