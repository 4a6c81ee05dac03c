// What the console's pages of signing in, one's own account and the audit read and change. What is
// asked and answered is held to the contracts.
import {
  auditExportSchema,
  auditFilterSchema,
  auditPageSchema,
  auditQuerySchema,
  type AuditExport,
} from '@huike/shared/contracts/console-audit'
import {
  factorBeginSchema,
  factorBegunSchema,
  factorConfirmSchema,
  factorProofSchema,
  ownAccountSchema,
  ownPasswordSchema,
  recoveryCodesSchema,
  securitySettingsSchema,
  SECURITY_SETTINGS_DEFAULT,
} from '@huike/shared/contracts/console-access'
import { DUPLICATE_SETTINGS_DEFAULT } from '@huike/shared/contracts/console-identity'
import { resolutionShownSchema } from '@huike/shared/contracts/console-resolution'
import { FileAnswer, Refused, STAFF_ID, type Routes } from './console-stand-in.js'

const NOW_MS = Date.now()
const HOUR_MS = 3_600_000
export const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
export const RIGHT_CODE = '123456'
const ENTRIES = 70

const RECOGNISED = resolutionShownSchema.parse({
  order: ['phone', 'account', 'email', 'device'],
  quietDays: 365,
  reviewFromFen: 1_000_000,
  platforms: [],
})

/** Answers these pages' routes; `changes` is what was sent. */
export function accessStandIn() {
  const changes: { what: string; body: unknown }[] = []
  const state = {
    isSet: false,
    codesLeft: 2,
    sessions: ['01JX000000000000000000SES1', '01JX000000000000000000SES2'],
    security: SECURITY_SETTINGS_DEFAULT,
    exports: [] as AuditExport[],
  }
  const wrote = (what: string, body: unknown) => {
    changes.push({ what, body })
  }
  const codes = () =>
    recoveryCodesSchema.parse({
      recoveryCodes: Array.from({ length: 10 }, (_, n) => `abcd${String(n)}-efghj`),
    })
  const routes: Routes = {
    'GET /me': () => accountOf(state),
    'POST /me/password': ({ body }) => {
      const { current } = ownPasswordSchema.parse(body)
      if (current !== 'right') return new Refused('password_wrong')
      wrote('password', body)
      return undefined
    },
    'POST /me/second-factor': ({ body }) => {
      if (factorBeginSchema.parse(body).password !== 'right') return new Refused('password_wrong')
      const uri = `otpauth://totp/%E5%9B%9E%E5%AE%A2:wangzong?issuer=x&secret=${SECRET}`
      return factorBegunSchema.parse({ secret: SECRET, uri })
    },
    'POST /me/second-factor/confirm': ({ body }) => {
      if (factorConfirmSchema.parse(body).code !== RIGHT_CODE)
        return new Refused('second_factor_wrong')
      state.isSet = true
      state.codesLeft = 10
      wrote('factor', null)
      return codes()
    },
    'POST /me/second-factor/remove': ({ body }) => {
      wrote('remove', factorProofSchema.parse(body))
      state.isSet = false
      return undefined
    },
    'POST /me/recovery-codes': ({ body }) => {
      wrote('renew', factorProofSchema.parse(body))
      return codes()
    },
    'POST /me/sessions/end': () => {
      wrote('end all', null)
      return undefined
    },
    'POST /me/sessions/:id/end': ({ params }) => {
      state.sessions = state.sessions.filter((id) => id !== params['id'])
      wrote('end', params['id'])
      return undefined
    },
    'POST /session/end': () => {
      wrote('sign out', null)
      return undefined
    },
    'POST /staff/:id/second-factor/reset': ({ params }) => {
      wrote('reset', params['id'])
      return undefined
    },
    'GET /settings/duplicates': () => DUPLICATE_SETTINGS_DEFAULT,
    'GET /settings/resolution': () => RECOGNISED,
    'GET /settings/security': () => state.security,
    'PUT /settings/security': ({ body }) => {
      state.security = securitySettingsSchema.parse(body)
      wrote('security', body)
      return state.security
    },
    ...auditRoutes(state, wrote),
  }
  return { routes, changes, state }
}

function auditRoutes(
  state: { exports: AuditExport[] },
  wrote: (what: string, body: unknown) => void,
): Routes {
  return {
    'GET /audit': ({ query }) => {
      const { cursor, limit, ...filter } = auditQuerySchema.parse(Object.fromEntries(query))
      const all = entries().filter(
        ({ action, staffId, subjectId }) =>
          (filter.action === undefined || filter.action === action) &&
          (filter.staffId === undefined || filter.staffId === staffId) &&
          (filter.subjectId === undefined || filter.subjectId === subjectId),
      )
      const from = Number(cursor ?? 0)
      const nextCursor = from + limit < all.length ? String(from + limit) : null
      return auditPageSchema.parse({ entries: all.slice(from, from + limit), nextCursor })
    },
    'GET /audit/exports': () => ({ exports: state.exports }),
    'POST /audit/exports': ({ body }) => {
      wrote('export', auditFilterSchema.parse(body))
      const job = auditExportSchema.parse({
        id: '01JX00000000000000000EXP01',
        state: 'done',
        doneRows: 12,
        createdAtMs: NOW_MS,
        expiresAtMs: NOW_MS + HOUR_MS,
      })
      state.exports = [job]
      return job
    },
    'GET /audit/exports/:id/file': () => new FileAnswer('时间,谁\r\n', 'text/csv'),
  }
}

function accountOf(state: { isSet: boolean; codesLeft: number; sessions: string[] }) {
  return ownAccountSchema.parse({
    username: 'wangzong',
    secondFactor: {
      isSet: state.isSet,
      isRequired: false,
      setAtMs: state.isSet ? NOW_MS : null,
      recoveryCodesLeft: state.isSet ? state.codesLeft : 0,
    },
    sessions: state.sessions.map((id, n) => ({
      id,
      device: n === 0 ? 'Mac · Chrome' : '安卓 · 微信',
      addressMasked: '203.0.*.*',
      createdAtMs: NOW_MS - (n + 1) * HOUR_MS,
      lastSeenAtMs: NOW_MS - n * HOUR_MS,
      expiresAtMs: NOW_MS + HOUR_MS,
      isThis: n === 0,
    })),
  })
}

function entries() {
  return Array.from({ length: ENTRIES }, (_, n) => {
    const isView = n % 3 === 0
    return {
      id: `01JX00000000000000000AUD${String(n).padStart(2, '0')}`,
      atMs: NOW_MS - n * HOUR_MS,
      staffId: n % 2 === 0 ? STAFF_ID : '01JX000000000000000000STF2',
      staffName: n % 2 === 0 ? '王总' : n === 1 ? null : '欧阳娜娜王李张刘陈杨赵黄周吴徐孙胡朱高林',
      action: isView ? 'member.phone_viewed' : n === 4 ? 'something.new' : 'staff.changed',
      subjectId: isView ? '01JX0000000000000000000MEM' : '01JX000000000000000000STF3',
      subjectName: isView ? null : '小陈',
      detail: isView ? '会员来电核对积分，手机尾号对得上，店里登记时写错了一位' : '改名，2 家门店',
      addressMasked: '203.0.*.*',
    }
  })
}
