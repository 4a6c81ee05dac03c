import { idWord, nullable } from '../platform/columns.js'
import { addsColumn } from '../platform/schema.js'

/** Migration 230: what a till hands over is handed over once per request. */
export const handOverColumns = [addsColumn(230, 'mall_exchange', 'endRequestId', nullable(idWord))]
