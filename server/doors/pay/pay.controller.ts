import { Controller, Post, Req, Res } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { PacksWorkerService } from '../../packs/packs-worker.service.js'
import { PayNoticesService } from '../../packs/pay-notices.service.js'
import { rawBodyOf } from '../raw-body.js'

/** Where WeChat Pay tells what was paid and refunded. Nobody signs in here: the signature says who. */
@ApiExcludeController()
@Controller('pay/v1')
export class PayController {
  constructor(
    private readonly notices: PayNoticesService,
    private readonly worker: PacksWorkerService,
  ) {}

  /** Keeps what is believed and answers 204; anything else is told again by WeChat Pay. */
  @Post('notices')
  async notice(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const isTaken = await this.notices.take({
      header: (name) => {
        const value = request.headers[name]
        return Array.isArray(value) ? value[0] : value
      },
      body: rawBodyOf(request),
    })
    if (isTaken) {
      this.worker.wake()
      await reply.status(204).send()
    } else await reply.status(401).send({ code: 'FAIL', message: '失败' })
  }
}
