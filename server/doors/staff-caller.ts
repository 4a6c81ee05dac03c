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
import { StaffService, type ActingStaff } from '../staff/staff.service.js'

// Who is calling in the console, and what they may do. The token says who; role and stores are what
// the database says now, so that a stop, a new password or a new role takes hold within seconds.

export type { ActingStaff } from '../staff/staff.service.js'

type StaffRequest = FastifyRequest & { actingStaff?: ActingStaff }

/**
 * The guard of a console route: lets in active staff whose role has every permission. Refuses
 * `token_missing`, `token_invalid` (of people who were stopped, too), `token_expired`, `forbidden`.
 */
export function StaffGuard(...permissions: Permission[]): Type<CanActivate> {
  @Injectable()
  class Guard implements CanActivate {
    constructor(
      @Inject(AuthService) private readonly auth: AuthService,
      @Inject(StaffService) private readonly staff: StaffService,
    ) {}

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const request = context.switchToHttp().getRequest<StaffRequest>()
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
      if (token === undefined) throw new ProblemError('token_missing')
      const claims = this.auth.verify('console', token)
      if (!claims.ok) raise(claims)
      const acting = await this.staff.acting(claims.sub, claims.sessionsSinceMs ?? null)
      if (!acting.ok) raise(acting)
      const { role } = acting.staff
      if (!permissions.every((permission) => may(role, permission)))
        throw new ProblemError('forbidden')
      request.actingStaff = acting.staff
      return true
    }
  }
  return mixin(Guard)
}

/** The person who is calling; behind StaffGuard. */
export const CallingStaff = createParamDecorator((_data, context: ExecutionContext) => {
  const staff = context.switchToHttp().getRequest<StaffRequest>().actingStaff
  if (!staff) throw new Error('CallingStaff needs StaffGuard')
  return staff
})
