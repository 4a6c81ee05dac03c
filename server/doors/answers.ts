import { applyDecorators, HttpCode } from '@nestjs/common'
import { ApiDefaultResponse, ApiOkResponse } from '@nestjs/swagger'
import { problemSchema } from '@huike/shared/contracts/common'
import type { StandardSchemaV1 } from '@standard-schema/spec'

const OK = 200

/** Documents what a route answers, 200 with this contract, or else a problem. */
export function Answers(schema: StandardSchemaV1): MethodDecorator {
  return applyDecorators(
    HttpCode(OK),
    ApiOkResponse({ standardSchema: schema }),
    ApiDefaultResponse({ standardSchema: problemSchema, description: 'problem+json (RFC 9457)' }),
  )
}
