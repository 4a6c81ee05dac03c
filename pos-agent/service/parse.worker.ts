import { parentPort } from 'node:worker_threads'
import { readDocuments } from './read-documents.js'

// The reader's thread: bytes in, documents out. It holds nothing and may be ended at any time.

parentPort?.on('message', (question: { bytes: Uint8Array; fileName: string | null }) => {
  parentPort?.postMessage(readDocuments(question.bytes, question.fileName))
})
