// Spreadsheets as a test needs them: a zip of the few parts an .xlsx file is made of, sound or not.
import { crc32, deflateRawSync } from 'node:zlib'

const NUMBER_OF_COLUMN_A = 65

export interface ZipPart {
  name: string
  content: Buffer | string
  /** What the directory claims, where it lies. */
  claimedBytes?: number
  isEncrypted?: boolean
}

/** A zip file of these parts. */
export function zipOf(parts: readonly ZipPart[]): Buffer {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const part of parts) {
    const content = Buffer.from(part.content)
    const packed = deflateRawSync(content)
    const name = Buffer.from(part.name)
    const head = Buffer.alloc(26)
    head.writeUInt16LE(20, 0)
    head.writeUInt16LE(part.isEncrypted ? 1 : 0, 2)
    head.writeUInt16LE(8, 4)
    head.writeUInt32LE(crc32(content), 10)
    head.writeUInt32LE(packed.length, 14)
    head.writeUInt32LE(part.claimedBytes ?? content.length, 18)
    head.writeUInt16LE(name.length, 22)
    files.push(Buffer.concat([Buffer.from('PK\x03\x04'), head, name, packed]))
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), head, tail, name]),
    )
    offset += 30 + name.length + packed.length
  }
  const all = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(parts.length, 4)
  end.writeUInt16LE(parts.length, 6)
  end.writeUInt32LE(all.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...files, all, Buffer.from('PK\x05\x06'), end])
}

/** A cell of a test's sheet: text, a number, or raw XML of its own. */
export type SheetCell = string | number | { xml: string } | null

/** A workbook of one sheet; texts are shared, as spreadsheets write them. */
export function xlsxOf(
  rows: readonly (readonly SheetCell[])[],
  more: readonly ZipPart[] = [],
): Buffer {
  const texts: string[] = []
  const cellXml = (cell: SheetCell, column: number, rowNo: number): string => {
    const at = `${String.fromCharCode(NUMBER_OF_COLUMN_A + column)}${String(rowNo)}`
    if (cell === null) return ''
    if (typeof cell === 'number') return `<c r="${at}"><v>${String(cell)}</v></c>`
    if (typeof cell === 'object') return cell.xml.replace('<c', `<c r="${at}"`)
    texts.push(cell)
    return `<c r="${at}" t="s"><v>${String(texts.length - 1)}</v></c>`
  }
  const sheet = rows
    .map((row, index) => {
      const cells = row.map((cell, column) => cellXml(cell, column, index + 1)).join('')
      return `<row r="${String(index + 1)}">${cells}</row>`
    })
    .join('')
  const shared = texts.map((text) => `<si><t>${escaped(text)}</t></si>`).join('')
  return zipOf([
    { name: '[Content_Types].xml', content: '<Types/>' },
    {
      name: 'xl/workbook.xml',
      content:
        '<workbook xmlns:r="r"><sheets><sheet name="藏" state="hidden" r:id="rId2"/>' +
        '<sheet name="表" r:id="rId1"/></sheets></workbook>',
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content:
        '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
    },
    {
      name: 'xl/styles.xml',
      content:
        '<styleSheet><numFmts><numFmt numFmtId="176" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d"/>' +
        '</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>' +
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="22"/><xf numFmtId="176"/></cellXfs></styleSheet>',
    },
    { name: 'xl/sharedStrings.xml', content: `<sst>${shared}</sst>` },
    {
      name: 'xl/worksheets/sheet1.xml',
      content: `<worksheet><sheetData>${sheet}</sheetData></worksheet>`,
    },
    ...more,
  ])
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
