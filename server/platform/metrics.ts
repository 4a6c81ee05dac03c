import { Injectable } from '@nestjs/common'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

// Prometheus metrics of one server; a registry of its own, so that tests can run several.

const LATENCY_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

@Injectable()
export class Metrics {
  readonly registry = new Registry()
  readonly requests = new Histogram({
    name: 'huike_http_request_seconds',
    help: 'Time to answer, by door and status class',
    labelNames: ['door', 'status'] as const,
    buckets: LATENCY_BUCKETS_S,
    registers: [this.registry],
  })
  readonly agentEvents = new Counter({
    name: 'huike_agent_events_total',
    help: 'Events received from tills, by result and code',
    labelNames: ['status', 'code'] as const,
    registers: [this.registry],
  })
  readonly deliveries = new Gauge({
    name: 'huike_event_deliveries',
    help: 'Event deliveries that are pending or were given up',
    labelNames: ['state'] as const,
    registers: [this.registry],
  })
  readonly webhooks = new Gauge({
    name: 'huike_webhook_deliveries',
    help: 'Outgoing webhooks that are pending or were given up',
    labelNames: ['state'] as const,
    registers: [this.registry],
  })
  readonly parked = new Gauge({
    name: 'huike_parked_events',
    help: 'Events from tills that wait for a person',
    registers: [this.registry],
  })

  constructor() {
    collectDefaultMetrics({ register: this.registry })
  }
}
