import {
  MATCH_FIELDS,
  type MatchField,
  type MatchRecord,
} from '../members/matching/match-record.js'

// Which column of a file tells which field: as the operator says, or guessed from names that the
// systems of shops give their columns.

type Field = MatchField | 'id'

/** Field → places of its columns; several are read as one text. */
export type Columns = Partial<Record<Field, number[]>>

/** Columns that cannot be used as asked; the message is for people. */
export class ColumnsError extends Error {
  override readonly name = 'ColumnsError'
}

const FIELDS: readonly Field[] = ['id', ...MATCH_FIELDS]

/** Names as they are compared: lower case, without spaces, dashes and underscores. */
const USUAL_NAMES: Record<Field, string> = {
  id: 'id recordid recid memberid customerid userid 编号 记录编号 会员编号 客户编号 用户编号 会员id 客户id 用户id',
  name: 'name fullname membername customername realname 姓名 名字 会员姓名 客户姓名 客户名称 真实姓名 称呼 收货人 收货人姓名 收件人 联系人',
  given_name: 'givenname firstname forename 名',
  surname: 'surname lastname familyname 姓 姓氏',
  phone:
    'phone phoneraw phonenumber phoneno mobile mobilephone mobilenumber tel telephone cellphone 手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 收货人手机 收货人手机号 收货人电话 会员手机 会员手机号',
  birthday: 'birthday birthdate dateofbirth dob 生日 出生日期 出生年月 出生年月日 会员生日',
  gender: 'gender sex 性别 会员性别',
  email: 'email emailaddress mail 邮箱 电子邮箱 电子邮件 邮箱地址',
  address:
    'address addr address1 street streetaddress 地址 详细地址 收货地址 联系地址 家庭住址 住址',
  city: 'city suburb town 城市 所在城市 常住城市 市',
  card: 'card cardno cardnumber cardid membercard membercardno socsecid 卡号 会员卡号 会员卡 身份证 身份证号',
  openid: 'openid wechatopenid wxopenid unionid wechat 微信openid 微信号 微信',
}

/**
 * Reads `field=header,field=header`; `header+header` joins columns. Throws ColumnsError on a field
 * that is none, a header the file has not, and a field named twice. An id is guessed when not named.
 */
export function mappedColumns(map: string, headers: readonly string[]): Columns {
  const columns: Columns = {}
  for (const part of map.split(',')) {
    const [name = '', ...rest] = part.split('=')
    const field = FIELDS.find((one) => one === name.trim())
    const header = rest.join('=').trim()
    if (!field)
      throw new ColumnsError(`没有“${name.trim()}”这个字段，可用的是：${FIELDS.join('、')}`)
    if (columns[field]) throw new ColumnsError(`字段 ${field} 写了两次`)
    columns[field] = placesOf(header, headers)
  }
  const id = columns.id ?? guessedColumns(headers).id
  return id ? { ...columns, id } : columns
}

/** Guesses the columns by their names; of two for one field the first is taken. */
export function guessedColumns(headers: readonly string[]): Columns {
  const columns: Columns = {}
  for (const [place, header] of headers.entries()) {
    const plain = header
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[\s_-]/g, '')
    const field = FIELDS.find((one) => USUAL_NAMES[one].split(' ').includes(plain))
    if (field && !columns[field]) columns[field] = [place]
  }
  return columns
}

/** The fields of a row. Without an id column a record is known by its row's number. */
export function recordOf(
  row: { rowNo: number; cells: readonly string[] },
  columns: Columns,
): MatchRecord {
  const told = (places: readonly number[] = []) =>
    places
      .map((place) => row.cells[place] ?? '')
      .filter((cell) => cell !== '')
      .join(' ')
  const fields = MATCH_FIELDS.flatMap((field) => {
    const text = told(columns[field])
    return text === '' ? [] : [[field, text] as const]
  })
  return { id: told(columns.id) || String(row.rowNo), fields: Object.fromEntries(fields) }
}

function placesOf(header: string, headers: readonly string[]): number[] {
  const whole = headers.indexOf(header)
  if (whole !== -1 && header !== '') return [whole]
  const parts = header.split('+').map((part) => part.trim())
  return parts.map((part) => {
    const place = headers.indexOf(part)
    if (place === -1 || part === '')
      throw new ColumnsError(`文件里没有“${part}”这一列，有的是：${headers.join('、')}`)
    return place
  })
}
