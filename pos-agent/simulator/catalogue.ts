import { fen, type Fen } from '@huike/shared/quantities'

// What the simulated shops sell. Names and prices are of the kind one sees on receipts; the codes
// are made up (prefix 692 0000, unassigned here).

export interface Product {
  code: string
  name: string
  unitPriceFen: Fen
  unit: string
  isWeighed: boolean
}

export type Trade = 'supermarket' | 'convenience' | 'restaurant' | 'beauty'

/** name, price in fen, unit; weighed goods are priced per kilogram. */
type Row = readonly [name: string, priceFen: number, unit: string]

const WEIGHED_UNIT = 'kg'

const ROWS: Record<Trade, readonly Row[]> = {
  supermarket: [
    ['农夫山泉饮用天然水550ml', 200, '瓶'],
    ['康师傅红烧牛肉面(桶)', 450, '桶'],
    ['蒙牛纯牛奶250ml*16', 5290, '箱'],
    ['金龙鱼葵花籽油5L', 7990, '桶'],
    ['海天金标生抽500ml', 890, '瓶'],
    ['维达超韧抽纸3层10包', 2690, '提'],
    ['东北五常大米5kg', 4580, '袋'],
    ['散装土鸡蛋', 1380, WEIGHED_UNIT],
    ['红富士苹果', 1196, WEIGHED_UNIT],
    ['精品五花肉', 3360, WEIGHED_UNIT],
    ['上海青', 598, WEIGHED_UNIT],
    ['奥利奥夹心饼干97g', 650, '包'],
    ['立白洗衣液3kg', 3290, '瓶'],
    ['王老吉凉茶310ml', 350, '罐'],
    ['乐事薯片原味75g', 690, '袋'],
    ['三全猪肉白菜水饺1kg', 1990, '袋'],
  ],
  convenience: [
    ['可乐330ml', 300, '罐'],
    ['关东煮(串)', 350, '串'],
    ['茶叶蛋', 200, '个'],
    ['三明治金枪鱼', 1090, '个'],
    ['东方树叶青柑普洱500ml', 550, '瓶'],
    ['元气森林白桃味480ml', 550, '瓶'],
    ['红牛维生素功能饮料250ml', 600, '罐'],
    ['手卷饭团鲑鱼', 690, '个'],
    ['豆浆(热)', 400, '杯'],
    ['绿箭口香糖', 350, '条'],
    ['心相印手帕纸', 150, '包'],
    ['雀巢丝滑拿铁268ml', 650, '瓶'],
  ],
  restaurant: [
    ['宫保鸡丁', 3800, '份'],
    ['鱼香肉丝', 3200, '份'],
    ['清蒸鲈鱼', 6800, '条'],
    ['水煮牛肉', 5800, '份'],
    ['麻婆豆腐', 1800, '份'],
    ['蒜蓉西兰花', 2200, '份'],
    ['老火靓汤', 4600, '例'],
    ['扬州炒饭', 2600, '份'],
    ['米饭', 200, '碗'],
    ['酸梅汤(扎)', 2800, '扎'],
    ['青岛啤酒500ml', 1000, '瓶'],
    ['夫妻肺片', 3600, '份'],
  ],
  beauty: [
    ['珀莱雅双抗精华30ml', 25900, '瓶'],
    ['薇诺娜舒敏保湿特护霜50g', 26800, '支'],
    ['兰蔻小黑瓶面膜(片)', 8800, '片'],
    ['完美日记唇釉06', 6990, '支'],
    ['花西子散粉02柔雾', 14900, '盒'],
    ['云南白药牙膏210g', 3690, '支'],
    ['999感冒灵颗粒10g*9袋', 1850, '盒'],
    ['汤臣倍健维生素C片100片', 9800, '瓶'],
    ['医用外科口罩50只', 2990, '盒'],
    ['同仁堂六味地黄丸360丸', 2680, '瓶'],
    ['碧柔防晒霜SPF50+ 50ml', 7900, '支'],
    ['百雀羚水嫩倍现面霜50g', 8900, '瓶'],
  ],
}

const CODE_BASE = 6_920_000_000_000
const CODES_PER_TRADE = 1000

/** Everything one trade sells. */
export function catalogueOf(trade: Trade): Product[] {
  const base = CODE_BASE + Object.keys(ROWS).indexOf(trade) * CODES_PER_TRADE
  return ROWS[trade].map(([name, priceFen, unit], index) => ({
    code: String(base + index + 1),
    name,
    unitPriceFen: fen(priceFen),
    unit,
    isWeighed: unit === WEIGHED_UNIT,
  }))
}
