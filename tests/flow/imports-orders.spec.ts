import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { ImportOptions } from '@huike/shared/contracts/console-imports'
import { encodeGb18030 } from '../../pos-agent/parse/gb18030.js'
import { verifyBook } from '../../server/points/verify-book.js'
import { signInAs, type ConsolePerson } from '../rig/console-staff.js'
import { describeEachDatabase, type OpenedDatabase } from '../rig/databases.js'
import { sendMapping, taken, upload, worked } from '../rig/imports.js'
import { enrolTill, startTestServer, type TestServer } from '../rig/server.js'
import { xlsxOf } from '../rig/spreadsheet.js'

// Orders from files, each of them by the rules of a shop that is open: counted once, refunds with
// their sale, nobody's orders kept as nobody's.

const YOUZAN_HEAD =
  '订单号,订单状态,买家付款时间,商品名称,商品数量,商品实际成交金额,订单已退款金额,买家手机号,收货人/提货人\n'

describeEachDatabase('orders from a file', (kit) => {
  let opened: OpenedDatabase
  let server: TestServer
  let owner: ConsolePerson
  let storeId: string

  beforeAll(async () => {
    opened = await kit.open()
    server = await startTestServer(opened)
    storeId = (await enrolTill(server)).enrolled.storeId
    owner = await signInAs(server, 'owner')
  })
  afterAll(async () => {
    await server.stop()
    await opened.drop()
  })

  const rows = (sql: string, parameters: readonly string[] = []) =>
    server.database.read((rx) => rx.rows(sql, parameters))
  const purchase = async (receiptNo: string, kind = 'sale') =>
    (await rows('SELECT * FROM purchase WHERE receiptNo = ? AND kind = ?', [receiptNo, kind]))[0]
  async function imported(bytes: Uint8Array | string, change: Partial<ImportOptions> = {}) {
    const { job } = await upload(owner, bytes)
    const options = { ...job.options, ...change }
    expect((await sendMapping(owner, job, storeId, { options })).status).toBe(200)
    expect((await worked(server, owner, job.id)).state).toBe('checked')
    const done = await taken(server, owner, job.id)
    expect(done.taken).toEqual(done.check)
    return done
  }

  it('books sales with their lines, and what was refunded of them, for their buyers', async () => {
    const done = await imported(
      encodeGb18030(
        YOUZAN_HEAD +
          'E1,交易完成,2025-03-01 10:00:00,牛奶,2,20.00,5.00,13811110001,李雷\n' +
          'E1,交易完成,2025-03-01 10:00:00,面包,1,8.50,5.00,13811110001,李雷\n' +
          'E2,交易关闭,2025-03-01 11:00:00,蛋糕,1,99,0,13811110002,韩梅梅\n' +
          'E3,交易完成,2025/3/1 12:00,水,1,2,,138****0003,某某\n',
      ),
    )
    expect(done).toMatchObject({ kind: 'orders', templateId: 'youzan_orders', encoding: 'gb18030' })
    expect(done.taken).toMatchObject({
      ...{ rows: 4, sales: 2, refunds: 1, lines: 3, salesFen: 3_050, refundsFen: 500 },
      ...{ newMembers: 1, anonymous: 1, maskedPhones: 1, cancelled: 1, rejected: {} },
    })
    const sale = await purchase('E1')
    expect(sale).toMatchObject({ totalFen: 2_850, refundedFen: 500, earnedPoints: 0 })
    expect(sale?.['businessDate']).toBe('2025-03-01')
    const refund = await purchase('E1', 'refund')
    expect(refund).toMatchObject({ originalPurchaseId: sale?.['id'], memberId: sale?.['memberId'] })
    expect((await purchase('E3'))?.['memberId']).toBeNull()
    expect(await purchase('E2')).toBeUndefined()
  })

  it('gives points for history only when it is told to', async () => {
    const head = '订单号,付款时间,实付金额,手机号\n'
    await imported(`${head}P1,2025-01-01 10:00:00,12.80,13811110011\n`)
    await imported(`${head}P2,2025-01-02 10:00:00,12.80,13811110011\n`, { earnsPoints: true })
    expect(await purchase('P1')).toMatchObject({ earnedPoints: 0 })
    expect(await purchase('P2')).toMatchObject({ earnedPoints: 12 })
  })

  it('leaves buyers nobody knows without a member where it is told to', async () => {
    const csv = '订单号,付款时间,实付金额,手机号\nN1,2025-01-01,5,13811110021\n'
    const done = await imported(csv, { createsMembers: false })
    expect(done.taken).toMatchObject({ sales: 1, newMembers: 0, anonymous: 1 })
  })

  it('knows an order again, refuses its number with other content, and half an order', async () => {
    const head = '订单号,付款时间,商品名称,数量,单价,手机号\n'
    const good = 'D1,2025-02-01 10:00:00,茶,2,3.335,13811110031\n'
    const first = await imported(head + good)
    expect(first.taken).toMatchObject({ sales: 1, salesFen: 667, roundingMilliFen: 0 })
    const done = await imported(
      head +
        good +
        'D1,2025-02-01 10:00:00,茶,3,3.335,13811110031\n' +
        'D2,2025-02-01 10:00:00,茶,一,3,\n' +
        'D3,2025-02-01 10:00:00,茶,1,3,\n' +
        'D3,2025-02-01 10:00:00,茶,1,x,\n' +
        '1.23E+17,2025-02-01 10:00:00,茶,1,3,\n' +
        'D4,03/04/2025,茶,1,3,\n' +
        ',2025-02-01 10:00:00,茶,1,3,\n' +
        'D5,2025-02-01 10:00:00,茶,1,0.005,\n',
    )
    expect(done.taken).toMatchObject({
      ...{ sales: 1, duplicates: 0, roundingMilliFen: 500 },
      rejected: {
        ...{ order_conflict: 2, quantity_invalid: 1, amount_invalid: 2, order_no_damaged: 1 },
        ...{ time_invalid: 1, order_no_missing: 1 },
      },
    })
    expect(await purchase('D3')).toBeUndefined()
    const again = await imported(`${head}${good}D6,2025-02-01,茶,1,1,\n`)
    expect(again.taken).toMatchObject({ sales: 1, duplicates: 1, matched: 1, newMembers: 0 })
  })

  it('links a refund to a sale that comes later in the file', async () => {
    await imported(
      '订单号,类型,付款时间,实付金额,原订单号,客户编号\n' +
        'R2,退款,2025-02-03 10:00:00,-4,R1,c-1\n' +
        'R1,销售,2025-02-01 10:00:00,10,,c-1\n',
    )
    const sale = await purchase('R1')
    expect(sale).toMatchObject({ refundedFen: 400 })
    expect(await purchase('R2', 'refund')).toMatchObject({
      ...{ totalFen: 400, originalPurchaseId: sale?.['id'] },
    })
  })

  it('keeps no number of a phone that stands among goods or payments', async () => {
    await imported(
      '订单号,付款时间,实付金额,商品名称,支付方式\n' +
        'PAY1,2025-02-01,10,茶 13811119999,储值卡13811119999\n',
    )
    const purchaseId = String((await purchase('PAY1'))?.['id'])
    const [line] = await rows('SELECT name FROM purchase_line WHERE purchaseId = ?', [purchaseId])
    const payment = 'SELECT method FROM purchase_payment WHERE purchaseId = ?'
    expect(line).toEqual({ name: '茶 138****9999' })
    expect(await rows(payment, [purchaseId])).toEqual([{ method: '储值卡138****9999' }])
  })

  it('reads the number a refund answers as it reads that of the sale', async () => {
    const head = '订单号,类型,付款时间,实付金额,原订单号\n'
    const done = await imported(
      `${head}Q1,销售,2025-02-01,10,\nQ2,退款,2025-02-03,-4,'Ｑ１\n` +
        `Q3,退款,2025-02-03,-1,${'9'.repeat(65)}\nQ4,退款,2025-02-03,-1,2.02502E+17\n`,
    )
    expect(done.taken).toMatchObject({
      ...{ sales: 1, refunds: 1 },
      rejected: { order_no_invalid: 1, order_no_damaged: 1 },
    })
    expect(await purchase('Q1')).toMatchObject({ refundedFen: 400 })
    expect((await verifyBook(server.database)).findings).toEqual([])
  })

  it.each([
    [
      'taobao_orders',
      '订单编号,买家会员名,买家实际支付金额,订单状态,收货人姓名,联系手机,订单创建时间,订单付款时间 ,宝贝标题 ,宝贝总数量,退款金额\n' +
        '="T1",tb_小鱼,88.00,交易成功,余*,\'138****1234,2025-01-01 09:00:00,2025-01-01 09:01:00,杯子,2,0\n',
    ],
    [
      'jd_orders',
      '订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,订单金额,结算金额,应付金额,订单状态,下单帐号,客户姓名,客户地址,联系电话,付款确认时间\n' +
        'J1,100,杯子,1,在线支付,2025-01-01 09:00:00,50,90,88,88,完成,jd_fish,余**,某地,138****1234,2025-01-01 09:01:00\n' +
        'J1,101,盘子,1,在线支付,2025-01-01 09:00:00,40,90,88,88,完成,jd_fish,余**,某地,138****1234,2025-01-01 09:01:00\n',
    ],
    [
      'douyin_orders',
      '主订单编号,子订单编号,选购商品,商品规格,商品数量,商品ID,商家编码,商品金额,订单应付金额,支付方式,收件人,收件人手机号,订单提交时间,支付完成时间,订单状态,用户ID\n' +
        'D10\t,D11\t,杯子,白,1,1,C1,50,48,微信,余**,138****1234,2025-01-01 09:00:00,2025-01-01 09:01:00,已完成,u1\n' +
        'D10\t,D12\t,盘子,白,1,2,C2,40,40,微信,余**,138****1234,2025-01-01 09:00:00,2025-01-01 09:01:00,已完成,u1\n' +
        'D10\t,D13\t,碗,白,1,3,C3,40,40,微信,余**,138****1234,2025-01-01 09:00:00,,已关闭,u1\n',
    ],
    [
      'weidian_orders',
      '订单编号,订单状态,下单时间,付款时间,商品名称,商品型号,商品件数,订单实付,收货人/提货人姓名,收货人/提货人手机号,买家ID\n' +
        'W1,已完成,2025-01-01 09:00:00,2025-01-01 09:01:00,杯子,白,2,88,余某,13811110041,w1\n',
    ],
    [
      'meituan_orders',
      '订单编号,下单时间,订单状态,商品信息,用户实付金额,退款金额,顾客电话,用户ID\n' +
        'M1,2025-01-01 09:00:00,已完成,杯子*1,88.0,0,13811110042,m1\n',
    ],
  ])('reads the orders of %s', async (templateId, csv) => {
    const done = await imported(csv)
    expect(done.templateId).toBe(templateId)
    expect(done.taken).toMatchObject({ sales: 1, salesFen: 8_800, newMembers: 1, rejected: {} })
  })

  it('reads a spreadsheet with dates of its own', async () => {
    const day = { xml: '<c s="1"><v>45658.5</v></c>' }
    const done = await imported(
      xlsxOf([
        ['订单号', '付款时间', '商品名称', '数量', '单价', '手机号'],
        ['X1', day, '茶', 2, 1.25, 13811110051],
        ['X1', day, '水', 1, 2, 13811110051],
      ]),
    )
    expect(done.taken).toMatchObject({ sales: 1, lines: 2, salesFen: 450, newMembers: 1 })
    expect(await purchase('X1')).toMatchObject({ printedAt: '2025-01-01T12:00:00' })
  })
})
