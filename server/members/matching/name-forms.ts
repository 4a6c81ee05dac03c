import type { Chinese } from './chinese.js'

// A name as the comparison sees it. Shops write `王女士`, `韩**`, `阿军`, `陳超明`, `Chen Chaoming`
// for people: each form tells a part, and the part is compared with what the other side tells.

/**
 * full: surname and given name. surname: the surname alone, with a title or with the rest hidden.
 * nickname: one or two characters with 阿, 小, 大 or 老 before them. latin: not in Chinese characters.
 */
export type NameKind = 'full' | 'surname' | 'nickname' | 'latin'

export interface NameForms {
  kind: NameKind
  /** Simplified, lower case, without spaces, titles and what hides characters. */
  plain: string
  /** Pinyin in one word; of a latin name its letters in one word. */
  sound: string
  /** A latin name with its last word first: `Longchun Liang` as `lianglongchun`. */
  soundTurned: string
  /** The surname as it sounds; empty where it cannot be told. */
  surname: string
  /** Gender a title tells. */
  gender: 'f' | 'm' | null
  /** Where characters are hidden: the name with `*` in their place. */
  masked: string | null
  /** Whether traditional characters were read as simplified ones. */
  isTraditional: boolean
}

const HAN = /\p{Script=Han}/u
const TITLE =
  /(?:(?<f>女士|小姐|太太|夫人|阿姨|大姐|美女)|(?<m>先生|大哥|叔叔|帅哥)|老师|同学|师傅|老板|经理|医生|总)$/u
const NICK = /^[阿小大老](?<core>\p{Script=Han}{1,2})$/u
const NICK_DOUBLED = /^(?<core>\p{Script=Han})\k<core>$/u
const HIDDEN = /[*＊×xX某●·?？]/gu
const NO_NAME =
  /^(?:无|未知|匿名|会员|顾客|客户|散客|游客|null|none|n\/?a|unknown|test|测试|[-.*?]+)$/iu
/** Surnames of two characters that are met with; others are read as one character. */
const LONG_SURNAMES = new Set(
  '欧阳 上官 司马 诸葛 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 夏侯 东方 南宫 端木 轩辕 百里 呼延 独孤 第五 申屠 公冶 完颜 耶律'.split(
    ' ',
  ),
)

/** Reads a name; null when it tells nothing. */
export function nameForms(text: string, chinese: Chinese): NameForms | null {
  const folded = text.normalize('NFKC').trim().toLowerCase()
  if (folded === '' || NO_NAME.test(folded)) return null
  return HAN.test(folded) ? chineseName(folded, chinese) : latinName(folded)
}

function latinName(folded: string): NameForms | null {
  const words = folded
    .normalize('NFD')
    .replace(/[^\p{Letter}\p{Number}\s'-]/gu, '')
    .replace(/['-]/gu, '')
    .split(/\s+/u)
    .filter((word) => word !== '')
  if (words.length === 0) return null
  const last = words.at(-1) ?? ''
  const plain = words.join(' ')
  return {
    kind: 'latin',
    plain,
    sound: words.join(''),
    soundTurned: [last, ...words.slice(0, -1)].join(''),
    surname: '',
    gender: null,
    masked: null,
    isTraditional: false,
  }
}

function chineseName(folded: string, chinese: Chinese): NameForms | null {
  const written = folded.replace(/[\s.·•]/gu, '')
  const tight = chinese.simplified(written)
  const title = TITLE.exec(tight)
  const gender = title?.groups?.['f'] ? 'f' : title?.groups?.['m'] ? 'm' : null
  const untitled = title && title.index > 0 ? tight.slice(0, title.index) : tight
  const plain = untitled.replace(HIDDEN, '')
  if (plain === '') return null
  const masked = plain === untitled ? null : untitled.replace(HIDDEN, '*')
  const nick = (NICK.exec(plain) ?? NICK_DOUBLED.exec(plain))?.groups?.['core']
  if (nick !== undefined && masked === null && title === null) {
    const sound = chinese.syllables(nick).join('')
    return { ...EMPTY, kind: 'nickname', plain: nick, sound }
  }
  const syllables = chinese.syllables(plain)
  const surnameLength = LONG_SURNAMES.has(plain.slice(0, 2)) ? 2 : 1
  const isSurname = plain.length <= surnameLength && (title !== null || masked !== null)
  return {
    ...EMPTY,
    kind: isSurname ? 'surname' : 'full',
    plain,
    sound: syllables.join(''),
    surname: masked?.startsWith('*') === true ? '' : syllables.slice(0, surnameLength).join(''),
    gender,
    masked: isSurname ? null : masked,
    isTraditional: tight !== written,
  }
}

const EMPTY = { soundTurned: '', surname: '', gender: null, masked: null, isTraditional: false }
