import {
  createParamDecorator,
  Inject,
  Injectable,
  mixin,
  type CanActivate,
  type ExecutionContext,
  type Type,
} from '@nestjs/common'
import { may, type Permission } from '@huike/shared/permissions'
import type { FastifyRequest } from 'fastify'
import { AuthService } from '../platform/auth.js'
import { ProblemError, raise } from '../platform/problems.js'
import { StaffSessionsService, type ActingSession } from '../staff/staff-sessions.service.js'

// Who is calling in the console, and what they may do. The token says who; role and stores are what
// the database says now, so that a stop, a new password or a new role takes hold within seconds.

export type { ActingSession } from '../staff/staff-sessions.service.js'
export type { ActingStaff } from '../staff/staff.service.js'

type StaffRequest = FastifyRequest & { actingSession?: ActingSession }

/**
 * The guard of a console route: lets in active staff whose role has every permission. Refuses
 * `token_missing`, `token_invalid` (of people who were stopped, too), `token_expired`, `forbidden`,
 * and `second_factor_missing` while the chain asks for a second factor that is not there.
 */
export function StaffGuard(...permissions: Permission[]): Type<CanActivate> {
  @Injectable()
  class Guard implements CanActivate {
    constructor(
      @Inject(AuthService) private readonly auth: AuthService,
      @Inject(StaffSessionsService) private readonly sessions: StaffSessionsService,
    ) {}

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const { staff, lacksFactor } = await proveStaff(context, this.auth, this.sessions)
      if (!permissions.every((permission) => may(staff.role, permission)))
        throw new ProblemError('forbidden')
      if (lacksFactor) throw new ProblemError('second_factor_missing')
      return true
    }
  }
  return mixin(Guard)
}

/** The guard of one's own account: lets in whoever is signed in. Refuses as StaffGuard does. */
@Injectable()
export class OwnAccountGuard implements CanActivate {
  constructor(
    @Inject(AuthService) private readonly auth: AuthService,
    @Inject(StaffSessionsService) private readonly sessions: StaffSessionsService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await proveStaff(context, this.auth, this.sessions)
    return true
  }
}

/** The person who is calling; behind a guard of this file. */
export const CallingStaff = createParamDecorator(
  (_data, context: ExecutionContext) => sessionOf(context).staff,
)

/** The session of the call; behind a guard of this file. */
export const CallingSession = createParamDecorator((_data, context: ExecutionContext) =>
  sessionOf(context),
)

async function proveStaff(
  context: ExecutionContext,
  auth: AuthService,
  sessions: StaffSessionsService,
): Promise<ActingSession> {
  const request = context.switchToHttp().getRequest<StaffRequest>()
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) throw new ProblemError('token_missing')
  const claims = auth.verify('console', token)
  if (!claims.ok) raise(claims)
  const acting = await sessions.acting(claims.sub)
  if (!acting.ok) raise(acting)
  request.actingSession = acting
  return acting
}

function sessionOf(context: ExecutionContext): ActingSession {
  const session = context.switchToHttp().getRequest<StaffRequest>().actingSession
  if (!session) throw new Error('the caller is known behind a guard of staff only')
  return session
}
