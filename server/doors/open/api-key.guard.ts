import {
  createParamDecorator,
  Inject,
  Injectable,
  SetMetadata,
  type CanActivate,
  type CustomDecorator,
  type ExecutionContext,
} from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { idempotencyKeySchema, type ApiScope } from '@huike/shared/contracts/open'
import type { FastifyRequest } from 'fastify'
import { ApiKeysService, type ActingKey } from '../../integrations/api-keys.service.js'
import { ProblemError, raise } from '../../platform/problems.js'

// Which integration is calling, and whether its key may.

const SCOPE = 'open-scope'
const IDEMPOTENCY_HEADER = 'idempotency-key'

type KeyedRequest = FastifyRequest & { apiKey?: ActingKey }

/** The scope a route needs. */
export function NeedsScope(scope: ApiScope): CustomDecorator {
  return SetMetadata(SCOPE, scope)
}

/** Lets in requests that show an active API key with the scope of the route. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    @Inject(ApiKeysService) private readonly keys: ApiKeysService,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<KeyedRequest>()
    const text = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    if (text === undefined) throw new ProblemError('token_missing', '请带上 API 密钥')
    const shown = await this.keys.authenticate(text)
    if (!shown.ok) raise(shown)
    const scope = this.reflector.get<ApiScope | undefined>(SCOPE, context.getHandler())
    if (scope === undefined) throw new Error('a route of this door names its scope')
    if (!shown.key.scopes.includes(scope))
      throw new ProblemError('forbidden', `这个密钥没有 ${scope} 权限`)
    request.apiKey = shown.key
    return true
  }
}

/** The key that is calling; behind ApiKeyGuard. */
export const CallingKey = createParamDecorator((_data, context: ExecutionContext): ActingKey => {
  const { apiKey } = context.switchToHttp().getRequest<KeyedRequest>()
  if (!apiKey) throw new Error('CallingKey needs ApiKeyGuard')
  return apiKey
})

/** The Idempotency-Key of the call; without a good one the call is refused. */
export const IdempotencyKey = createParamDecorator((_data, context: ExecutionContext): string => {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>()
  const key = idempotencyKeySchema.safeParse(headers[IDEMPOTENCY_HEADER])
  if (key.success) return key.data
  const message = '1 to 64 visible ASCII characters'
  throw new ProblemError('input_invalid', `${IDEMPOTENCY_HEADER}: ${message}`, {
    errors: [{ path: IDEMPOTENCY_HEADER, message }],
  })
})
