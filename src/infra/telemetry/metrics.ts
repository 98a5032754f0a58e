import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

export type Metrics = ReturnType<typeof createMetrics>

/** Everything this process measures, for Prometheus. */
export function createMetrics(role: string) {
  const registry = new Registry()
  registry.setDefaultLabels({ role })
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const commands = new Histogram({
    name: 'kith_command_seconds',
    help: 'How long commands took, by name and outcome (ok or failure code).',
    labelNames: ['command', 'outcome'],
    buckets: SECONDS,
    registers,
  })
  const jobs = new Histogram({
    name: 'kith_job_seconds',
    help: 'How long jobs took, by name and outcome.',
    labelNames: ['job', 'outcome'],
    buckets: [...SECONDS, 10, 30],
    registers,
  })
  const packets = new Counter({
    name: 'kith_gate_packets_total',
    help: 'Log packets by how they came: live, mended from the stream or the database, or repeated and dropped.',
    labelNames: ['source'],
    registers,
  })
  const relayed = new Counter({ name: 'kith_relay_entries_total', help: 'Entries moved into the log.', registers })
  const batches = new Histogram({
    name: 'kith_relay_batch_seconds',
    help: 'How long the relay took for a batch.',
    buckets: SECONDS,
    registers,
  })

  const withheld = new Counter({
    name: 'kith_texts_withheld_total',
    help: 'Text messages beyond the budget, which were not sent.',
    registers,
  })

  // ---- sockets
  const readies = new Counter({
    name: 'kith_joins_total',
    help: 'Sockets that joined, by outcome: resumed, or why their client must read afresh.',
    labelNames: ['outcome'],
    registers,
  })
  const joins = new Histogram({
    name: 'kith_join_seconds',
    help: 'How long sockets took from their handshake until they heard everything.',
    buckets: [...SECONDS, 10, 30],
    registers,
  })
  const closes = new Counter({
    name: 'kith_socket_closes_total',
    help: 'Sockets the server closed, by reason.',
    labelNames: ['reason'],
    registers,
  })
  const refusals = new Counter({
    name: 'kith_socket_refusals_total',
    help: 'What was not let in: connections by reason (origin, address, full, draining), and packets beyond the limit.',
    labelNames: ['what'],
    registers,
  })
  const sockets = {
    ready: (outcome: string) => readies.inc({ outcome }),
    joined: (seconds: number) => joins.observe(seconds),
    closed: (reason: string) => closes.inc({ reason }),
    refused: (what: string) => refusals.inc({ what }),
  }

  return {
    registry,
    sockets,
    command: (command: string, outcome: string, seconds: number) => commands.observe({ command, outcome }, seconds),
    job: (job: string, outcome: string, seconds: number) => jobs.observe({ job, outcome }, seconds),
    withheld: () => withheld.inc(),
    packets: (source: string, count: number) => packets.inc({ source }, count),
    relayed(entries: number, seconds: number) {
      relayed.inc(entries)
      batches.observe(seconds)
    },
    /** A value read when it is asked for; absent when it cannot be read. */
    gauge: (name: string, help: string, read: () => number | Promise<number>) =>
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          try {
            this.set(await read())
          } catch {
            this.remove()
          }
        },
      }),
    /** Values of one kind, each under its own value of `label`, read when they are asked for. */
    gauges: (name: string, help: string, label: string, read: () => Promise<Readonly<Record<string, number>>>) =>
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers,
        async collect() {
          const values = await read().catch(() => ({}))
          this.reset()
          for (const [key, value] of Object.entries(values)) this.set({ [label]: key }, value)
        },
      }),
    /** A count that is kept elsewhere and only grows. */
    counter: (name: string, help: string, read: () => number) =>
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset()
          this.inc(read())
        },
      }),
  }
}
