import { Counter, Gauge, Registry } from 'prom-client'

// What an operator can watch: Prometheus text at /metrics. No label carries personal data.

/** Makes the agent's metrics on a registry of their own, so that tests do not share counters. */
export function makeMetrics() {
  const registry = new Registry()
  const registers = [registry]
  return {
    registry,
    captures: new Counter({
      name: 'huike_agent_captures_total',
      help: 'Raw captures made durable, by source',
      labelNames: ['source'] as const,
      registers,
    }),
    documents: new Counter({
      name: 'huike_agent_documents_total',
      help: 'Documents read, by what became of them',
      labelNames: ['outcome'] as const,
      registers,
    }),
    quarantinedRows: new Counter({
      name: 'huike_agent_quarantined_rows_total',
      help: 'Rows of files that could not be read and were kept aside',
      registers,
    }),
    parkedCaptures: new Counter({
      name: 'huike_agent_parked_captures_total',
      help: 'Captures given up after repeated failures to read them',
      registers,
    }),
    events: new Counter({
      name: 'huike_agent_events_total',
      help: 'Results of events sent, by status',
      labelNames: ['status'] as const,
      registers,
    }),
    batches: new Counter({
      name: 'huike_agent_batches_total',
      help: 'Batches sent, by outcome',
      labelNames: ['outcome'] as const,
      registers,
    }),
    outboxDepth: new Gauge({
      name: 'huike_agent_outbox_depth',
      help: 'Events waiting to reach the server',
      registers,
    }),
    parked: new Gauge({
      name: 'huike_agent_outbox_parked',
      help: 'Events the server refused for good',
      registers,
    }),
    online: new Gauge({
      name: 'huike_agent_online',
      help: '1 while the server answers',
      registers,
    }),
    tapRestarts: new Counter({
      name: 'huike_agent_tap_restarts_total',
      help: 'Times the agent had to start the tap',
      registers,
    }),
  }
}
export type Metrics = ReturnType<typeof makeMetrics>
