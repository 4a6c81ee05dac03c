// The doors of /member/v1 the mini-program knocks at.

const ROOT = '/member/v1'

export const routes = {
  signInWithWechat: `${ROOT}/session/wechat`,
  signInInSandbox: `${ROOT}/session/sandbox`,
  refresh: `${ROOT}/session/refresh`,
  phone: `${ROOT}/phone`,
  session: `${ROOT}/session`,
  card: `${ROOT}/me`,
  points: (cursor: string | null) => paged(`${ROOT}/points`, cursor),
  purchases: (cursor: string | null) => paged(`${ROOT}/purchases`, cursor),
  purchase: (id: string) => `${ROOT}/purchases/${encodeURIComponent(id)}`,
} as const

function paged(path: string, cursor: string | null): string {
  return cursor === null ? path : `${path}?cursor=${encodeURIComponent(cursor)}`
}
