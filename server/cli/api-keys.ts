import { apiScopeSchema, API_SCOPES } from '@huike/shared/contracts/open'
import { ApiKeysService } from '../integrations/api-keys.service.js'
import type { Config } from '../platform/config.js'
import { TerminalsService } from '../stores/terminals.service.js'
import { withApp } from './with-app.js'

// Keys of integrations, from the command line.

type Say = (line: string) => void
const NAME_CHARACTERS_MAX = 100

/** `apikey add NAME STORE SCOPE[,SCOPE]` tells a fresh key once; `apikey revoke ID` ends one. */
export function apiKey(config: Config, words: string[], say: Say): Promise<number> {
  const [verb, ...rest] = words
  if (verb === 'add' && rest.length === 3) return addApiKey(config, rest, say)
  if (verb === 'revoke' && rest.length === 1) return revokeApiKey(config, rest[0] ?? '', say)
  say('用法：apikey add 名称 门店编号 权限[,权限] | apikey revoke 编号')
  say(`权限：${API_SCOPES.join('、')}`)
  return Promise.resolve(2)
}

function addApiKey(config: Config, words: string[], say: Say): Promise<number> {
  const [name = '', storeCode = '', scopeList = ''] = words
  const scopes = apiScopeSchema.array().min(1).safeParse(scopeList.split(','))
  if (name === '' || name.length > NAME_CHARACTERS_MAX || !scopes.success) {
    say(`名称 1 到 100 字，权限只能是 ${API_SCOPES.join('、')}`)
    return Promise.resolve(2)
  }
  return withApp(config, async (app) => {
    const store = await app.get(TerminalsService, { strict: false }).storeByCode(storeCode)
    if (!store) {
      say(`没有编号为 ${storeCode} 的门店，网店也请先用 store add 建一个`)
      return 1
    }
    const { id, key } = await app
      .get(ApiKeysService, { strict: false })
      .create({ name, storeId: store.id, scopes: scopes.data })
    say(`已新建 API 密钥 ${id}(${name}，${store.name})，只显示这一次：`)
    say(key)
    return 0
  })
}

function revokeApiKey(config: Config, id: string, say: Say): Promise<number> {
  return withApp(config, async (app) => {
    const revoked = await app.get(ApiKeysService, { strict: false }).revoke(id)
    say(revoked ? `已停用 ${id}，它的 webhook 也不再发送` : `没有找到在用的密钥 ${id}`)
    return revoked ? 0 : 1
  })
}
