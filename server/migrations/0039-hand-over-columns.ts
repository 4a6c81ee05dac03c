import { idWord, nullable } from '../platform/columns.js'
import { addsColumn } from '../platform/schema.js'

/** Migrations 230 and 231: what a till hands over is handed over once per request. */
export const handOverColumns = [
  addsColumn(230, 'mall_exchange', 'endRequestId', nullable(idWord)),
  addsColumn(231, 'order_pickup', 'endRequestId', nullable(idWord)),
]
