import { mkdirSync } from 'node:fs'
import { runServer } from './server.js'
import { readConfig } from './platform/config.js'

// `npm start`: the server alone, from the environment.

try {
  const config = readConfig(process.env)
  mkdirSync(config.dataDirectory, { recursive: true, mode: 0o700 })
  const server = await runServer(config)
  const stop = () => {
    void server.stop().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
} catch (error) {
  process.stderr.write(`Huike did not start. ${(error as Error).message}\n`)
  // What was opened before it failed would keep a server alive that serves nobody.
  process.exit(1)
}
