import { readFile } from 'node:fs/promises'
import type { CapturedDocument } from '../parse/document.js'
import { captureFormat, readCapture, CAPTURE_BYTES_MAX } from '../parse/read-capture.js'

// `npm run --silent agent -- parse FILE…`: what the agent would make of a capture, one JSON line
// per document. For installers, support and tests.

type Print = (line: string) => void

/**
 * Reads the files in order and prints one JSON line per document.
 *
 * @returns the exit code: 1 when a file could not be read or is of a kind that is not supported;
 *   the other files are still read.
 */
export async function runParseCommand(files: string[], out: Print, err: Print): Promise<number> {
  if (files.length === 0) {
    err('用法：npm run --silent agent -- parse 文件…（至少给出一个采集文件）')
    return 1
  }
  let exitCode = 0
  for (const file of files) if (!(await printFile(file, out, err))) exitCode = 1
  return exitCode
}

async function printFile(file: string, out: Print, err: Print): Promise<boolean> {
  const bytes = await readBytes(file, err)
  if (!bytes) return false
  if (bytes.length > CAPTURE_BYTES_MAX) {
    err(`${file}：文件过大（${String(bytes.length)} 字节，上限 ${String(CAPTURE_BYTES_MAX)}）`)
    return false
  }
  const format = captureFormat(bytes, { fileName: file })
  if (format === 'xml') {
    err(`${file}：暂不支持 XML（POSLog）文件`)
    return false
  }
  readCapture(bytes, { fileName: file }).forEach((document, index) => {
    out(JSON.stringify(lineOf(file, index, document)))
  })
  return true
}

async function readBytes(file: string, err: Print): Promise<Uint8Array | null> {
  try {
    return await readFile(file)
  } catch (error) {
    err(`${file}：无法读取（${error instanceof Error ? error.message : String(error)}）`)
    return null
  }
}

/** The fields and their order are a contract with whoever reads the lines. */
function lineOf(file: string, index: number, document: CapturedDocument): Record<string, unknown> {
  const { kind, receiptNo, storeNo, terminalNo, cashier, printedAt } = document
  const { totalFen, payments, changeFen, memberHint, confidence, checks, template } = document
  return {
    file,
    index,
    kind,
    receiptNo,
    storeNo,
    terminalNo,
    cashier,
    printedAt,
    lines: document.lines.map(({ name, quantity, unitPriceFen, amountFen }) => ({
      name,
      quantity,
      unitPriceFen,
      amountFen,
    })),
    totalFen,
    payments: payments.map(({ method, amountFen }) => ({ method, amountFen })),
    changeFen,
    memberHint,
    confidence,
    checks,
    template,
  }
}
