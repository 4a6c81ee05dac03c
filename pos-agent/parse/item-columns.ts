import { displayWidth } from './text-fold.js'
import { cellsOf } from './line-cells.js'

// The header above the items (品名 数量 单价 金额): which columns there are, in which order.

export type ColumnName = 'name' | 'code' | 'quantity' | 'unit' | 'price' | 'discount' | 'amount'

export interface Column {
  name: ColumnName
  /** Middle of the title, in display columns. */
  at: number
}

const COLUMN_TITLES: readonly [name: ColumnName, pattern: RegExp][] = [
  [
    'code',
    /^(?:商品|货品|产品|物品)?(?:编码|编号|条码|条形码|货号|款号|代码|条码号)$|^(?:sku|code|barcode|no\.?|#)$/i,
  ],
  [
    'name',
    /^(?:商品|品名|名称|菜品|菜名|货品|产品|项目|货名|服务|物品|商品名|商品名称|菜品名称|产品名称|货品名称|物品名称|项目名称|品名规格|品名\/规格|商品名称\/规格|消费项目|药品名称|图书|书名|内容|摘要)$|^(?:items?|items?:|description|desc\.?|product|name|article|goods)$/i,
  ],
  [
    'quantity',
    /^(?:数量|数|数目|件数|份数|重量|数量\/重量|重量\/数量|销量|个数)$|^(?:qty\.?|quantity|q'ty|pcs|count)$/i,
  ],
  ['unit', /^(?:单位|规格|计量单位)$|^(?:unit|uom|size)$/i],
  [
    'price',
    /^(?:单价|售价|价格|零售价|原价|标价|销售价|单价\(元\)|现价|会员价|实价|吊牌价)$|^(?:price|unit price|rate|each|u\.?price|@)$/i,
  ],
  ['discount', /^(?:折扣|优惠|折让|折扣率|优惠额|折)$|^(?:disc\.?|discount|off)$/i],
  [
    'amount',
    /^(?:金额|小计|合计|总价|总额|金额\(元\)|小计\(元\)|实收|应收|折后金额|实付|金额小计|成交价|成交额|价钱|净额|小计金额)$|^(?:amount|amt\.?|total|sum|subtotal|line total|ext\.?)$/i,
  ],
]
/** Titles of the numbers of an item, without which a line of words is no header. */
const NUMERIC = new Set<ColumnName>(['quantity', 'price', 'amount'])

/** Reads a line as the header of the items; null when it is not one. */
export function readColumns(folded: string): Column[] | null {
  if (/\d/.test(folded)) return null
  const columns: Column[] = []
  for (const cell of cellsOf(withWholeTitles(folded))) {
    const words = cell.text.split(/[\s/|,]+/).filter((word) => word !== '')
    const whole = titleOf(cell.text)
    for (const word of whole ? [cell.text] : words) {
      const name = titleOf(word)
      if (!name) continue
      const before = displayWidth(
        folded.slice(0, cell.start + Math.max(0, cell.text.indexOf(word))),
      )
      columns.push({ name, at: before + displayWidth(word) / 2 })
    }
    if (!whole && words.some((word) => titleOf(word) === null)) return null
  }
  const names = new Set(columns.map(({ name }) => name))
  const numeric = [...names].filter((name) => NUMERIC.has(name)).length
  return columns.length >= 2 && numeric >= 1 ? columns : null
}

/** 品  名, 数  量: titles spread over their column are closed, keeping the columns. */
function withWholeTitles(folded: string): string {
  return folded
    .replace(
      /(品|名|数|单|金|小|商|合|总|货|编|条)(\s+)(名|称|量|价|额|计|品|号|码)(?![\u4e00-\u9fff])/g,
      '$1$3$2',
    )
    .replace(/[|]/g, '  ')
}

function titleOf(text: string): ColumnName | null {
  const bare = text.replace(/^[\s:|*]+|[\s:|*]+$/g, '').replace(/\s+(?=[\u4e00-\u9fff])/g, '')
  return COLUMN_TITLES.find(([, pattern]) => pattern.test(bare))?.[0] ?? null
}
