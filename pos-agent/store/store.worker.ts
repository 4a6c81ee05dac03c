import { parentPort, workerData } from 'node:worker_threads'
import { armCrashPoint } from '../platform/crash-points.js'
import { StoreCore } from './core.js'
import type { StoreOptions } from './core.js'
import { runCall } from './store.js'
import type { StoreCall } from './store.js'

// The store's own thread: nothing else in the agent ever waits for the disk.

const { options, crashAt } = workerData as { options: StoreOptions; crashAt: string | null }
armCrashPoint(crashAt)
const core = new StoreCore(options)

parentPort?.on('message', (message: StoreCall | 'close') => {
  if (message === 'close') {
    core.close()
    parentPort?.close()
    return
  }
  parentPort?.postMessage(runCall(core, message))
})
parentPort?.postMessage('ready')
