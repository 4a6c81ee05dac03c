import { beforeAll, describe, expect, it } from '@jest/globals'
import { loadChinese, type Chinese } from './chinese.js'
import { namesDiffer, reasonsOf } from './compare.js'
import type { MatchField } from './match-record.js'
import { birthdayForm, phoneForm, prepare } from './prepare.js'

describe('the words for what two records agree in', () => {
  let chinese: Chinese
  beforeAll(async () => {
    chinese = await loadChinese()
  })
  const of = (field: MatchField, text: string) =>
    prepare({ id: '', fields: { [field]: text } }, chinese)

  it.each([
    ['李雷', '李雷', '姓名相同'],
    ['李雷', ' 李 雷 ', '姓名相同'],
    ['張學偉', '张学伟', '姓名相同（繁体/简体）'],
    ['马霞芳', '马霞方', '姓名拼音相同'],
    ['陳超明', '陈朝明', '姓名拼音相同（繁体/简体）'],
    ['梁龙春', 'Liang Longchun', '姓名拼音相同'],
    ['梁龙春', 'Longchun LIANG', '姓名拼音相同'],
    ['曾国强', 'Zeng Guoqiang', '姓名拼音相同'],
    ['吕小布', 'Lv Xiaobu', '姓名拼音相同'],
    ['陈敏', '陈敏雨', '姓名差一字'],
    ['王芳', '王女士', '称呼与姓名相符'],
    ['欧阳娜娜', '欧阳小姐', '称呼与姓名相符'],
    ['韩刚洋', '韩**', '称呼与姓名相符'],
    ['韩刚洋', '*刚洋', '称呼与姓名相符'],
    ['朱磊敏', '大敏', '称呼与姓名相符'],
    ['陈丽丽', '丽丽', '称呼与姓名相符'],
    ['李庆', '李军', '同姓，名不同'],
    ['王芳', '刘女士', '姓名不同'],
    ['韩刚洋', '*军洋', '姓名不同'],
    ['李庆', '刘超兰', '姓名不同'],
    ['Peter Smith', 'Peter Smyth', '姓名差一字'],
    ['Peter Smith', 'Wu Dan', '姓名不同'],
  ])('%s and %s: %s', (a, b, expected) => {
    const [left, right] = [of('name', a), of('name', b)]
    expect(reasonsOf(left, right)).toMatchObject({ name: expected })
    expect(reasonsOf(right, left)).toEqual(reasonsOf(left, right))
  })

  it.each([
    ['phone', '13812345678', '+86 138-1234-5678', '手机号相同'],
    ['phone', '13812345678', '1381234567', '手机号差一位'],
    ['phone', '13812345678', '13812345687', '手机号差一位'],
    ['phone', '13812345678', '138****5678', '手机号未遮盖的数字相同'],
    ['phone', '13812345678', '138****5679', '手机号不同'],
    ['phone', '08 64961598', '0864961598', '手机号相同'],
    ['birthday', '1990-02-03', '1990/2/3', '生日相同'],
    ['birthday', '1990年2月3日', '19900302', '生日月日颠倒'],
    ['birthday', '1990-02-03', '1990-02-04', '生日差一位'],
    ['birthday', '1990-02-03', '1985-02-03', '生日两项相同'],
    ['birthday', '1990-02-03', '1985-04-03', '生日不同'],
    ['gender', '女', 'Female', '性别相同'],
    ['email', 'A.B@x.cn', 'a.b@x.cn', '邮箱相同'],
    ['email', 'a.b@x.cn', 'a.b@yyyy.com', '邮箱用户名相同'],
    ['city', '廣州市', '广州', '城市相同'],
    ['address', '人民路 12 号', '人民路12号', '地址相同'],
    ['card', ' 0012 ', '12', '卡号不同'],
    ['openid', 'oAbc', 'oabc', '微信不同'],
  ] as const)('%s %s and %s: %s', (field, a, b, expected) => {
    expect(reasonsOf(of(field, a), of(field, b))).toEqual({ [field]: expected })
  })

  it.each([
    ['phone', '13812345678', ''],
    ['phone', '13812345678', '1.38E+10'],
    ['phone', '13812345678', '11111111111'],
    ['birthday', '1990-02-03', '1990-01-01'],
    ['birthday', '1990-02-03', 'soon'],
    ['gender', '女', '未知'],
    ['name', '李雷', '无'],
    ['name', '李雷', '匿名'],
    ['card', '12', '0'],
  ] as const)('%s: nothing is told by %s and "%s"', (field, a, b) => {
    expect(reasonsOf(of(field, a), of(field, b))).toEqual({})
  })

  it('a title tells the gender that the column does not', () => {
    const [lady, man] = [
      of('name', '王女士'),
      prepare({ id: '', fields: { gender: '男' } }, chinese),
    ]
    expect(reasonsOf(lady, man)).toEqual({ gender: '性别不同' })
  })

  it('names in two columns are told when they are mixed up', () => {
    const one = prepare({ id: '', fields: { given_name: 'bede', surname: 'james' } }, chinese)
    const other = prepare({ id: '', fields: { given_name: 'james', surname: 'bede' } }, chinese)
    expect(reasonsOf(one, other)).toEqual({ given_name: '名相近', surname: '姓相近' })
  })

  it('a Chinese name in two columns is one name', () => {
    const split = prepare({ id: '', fields: { surname: '李', given_name: '雷' } }, chinese)
    expect(reasonsOf(split, of('name', '李雷'))).toEqual({ name: '姓名相同' })
  })

  it.each([
    ['李庆', '刘超兰', true],
    ['李庆', '李军', true],
    ['李庆', '小红', false],
    ['李庆', '李女士', false],
    ['李庆', '', false],
  ])('%s and %s are two people: %s', (a, b, expected) => {
    expect(namesDiffer(of('name', a), of('name', b))).toBe(expected)
  })

  it('reads what spreadsheets and people make of numbers', () => {
    expect(phoneForm('１３８１２３４５６７８')).toBe('13812345678')
    expect(phoneForm('138****5678')).toBe('138****5678')
    expect(phoneForm('12345678901')).toBeNull()
    expect(birthdayForm('1990-2-3 00:00:00')).toBe('19900203')
    expect(birthdayForm('1790-02-03')).toBeNull()
  })
})
