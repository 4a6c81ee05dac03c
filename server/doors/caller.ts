import {
  createParamDecorator,
  Inject,
  Injectable,
  mixin,
  type CanActivate,
  type ExecutionContext,
  type Type,
} from '@nestjs/common'
import type { FastifyRequest } from 'fastify'
import { AuthService, type AccessClaims, type Audience } from '../platform/auth.js'
import { MemberSessionsService } from '../members/member-sessions.service.js'
import { CONFIG, type Config } from '../platform/config.js'
import { Database } from '../platform/database.js'
import { ProblemError, raise } from '../platform/problems.js'
import { TerminalsService, type TerminalContext } from '../stores/terminals.service.js'

// Who is calling. Each door has its guard; what the guard proved is handed to the handler.

interface Proven {
  claims?: AccessClaims
  terminal?: TerminalContext
}

type ProvenRequest = FastifyRequest & { proven?: Proven }

/** Lets in requests that carry an access token of `audience`. */
function TokenGuard(audience: Audience): Type<CanActivate> {
  @Injectable()
  class Guard implements CanActivate {
    constructor(@Inject(AuthService) private readonly auth: AuthService) {}
    canActivate(context: ExecutionContext): boolean {
      const request = context.switchToHttp().getRequest<ProvenRequest>()
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
      if (token === undefined) throw new ProblemError('token_missing')
      const claims = this.auth.verify(audience, token)
      if (!claims.ok) raise(claims)
      request.proven = { claims }
      return true
    }
  }
  return mixin(Guard)
}

const AgentTokenGuard = TokenGuard('agent')
const MemberTokenGuard = TokenGuard('member')

/**
 * Lets in shoppers. The token says which session; whose that is, the database says now: a merge, or
 * its undoing, may have changed it since, and a session that was ended is over at once.
 */
@Injectable()
export class MemberGuard implements CanActivate {
  readonly #token: CanActivate

  constructor(
    @Inject(AuthService) auth: AuthService,
    @Inject(Database) private readonly database: Database,
    @Inject(MemberSessionsService) private readonly sessions: MemberSessionsService,
  ) {
    this.#token = new MemberTokenGuard(auth)
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.#token.canActivate(context)
    const request = context.switchToHttp().getRequest<ProvenRequest>()
    const claims = request.proven?.claims
    const session = await this.database.read((rx) => this.sessions.current(rx, claims?.sub ?? ''))
    if (!claims || !session) throw new ProblemError('token_invalid')
    const { memberId } = session
    const now = { ...claims }
    if (memberId === null) delete now.member
    else now.member = memberId
    request.proven = { claims: now }
    return true
  }
}

/** Outside the sandbox there is no such route, whatever is sent to it. */
@Injectable()
export class SandboxGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  canActivate(): boolean {
    if (!this.config.sandbox) throw new ProblemError('not_found')
    return true
  }
}

/** Lets in enrolled tills that are not revoked. */
@Injectable()
export class TerminalGuard implements CanActivate {
  readonly #token: CanActivate

  constructor(
    @Inject(AuthService) auth: AuthService,
    @Inject(TerminalsService) private readonly terminals: TerminalsService,
  ) {
    this.#token = new AgentTokenGuard(auth)
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await this.#token.canActivate(context)
    const request = context.switchToHttp().getRequest<ProvenRequest>()
    const acting = await this.terminals.acting(request.proven?.claims?.sub ?? '')
    if (!acting.ok) raise(acting)
    request.proven = { ...request.proven, terminal: acting.context }
    return true
  }
}

/** The terminal that is calling; behind TerminalGuard. */
export const CallingTerminal = createParamDecorator((_data, context: ExecutionContext) => {
  const terminal = provenOf(context).terminal
  if (!terminal) throw new Error('CallingTerminal needs TerminalGuard')
  return terminal
})

/** The claims of the caller's token; behind a token guard. */
export const Caller = createParamDecorator((_data, context: ExecutionContext) => {
  const claims = provenOf(context).claims
  if (!claims) throw new Error('Caller needs a guard')
  return claims
})

/** The member who is calling; a session that has no member yet is told to give a phone number. */
export const CallingMember = createParamDecorator((_data, context: ExecutionContext): string => {
  const member = provenOf(context).claims?.member
  if (member === undefined) throw new ProblemError('forbidden', '请先验证手机号')
  return member
})

function provenOf(context: ExecutionContext): Proven {
  return context.switchToHttp().getRequest<ProvenRequest>().proven ?? {}
}
