// Every CSV file the server writes: UTF-8 with a byte order mark, CRLF, quoted as RFC 4180 says, as
// spreadsheets open it. A field that a spreadsheet would take for a formula is defused with an
// apostrophe. https://owasp.org/www-community/attacks/CSV_Injection

export const BYTE_ORDER_MARK = '\ufeff'
const LINE_END = '\r\n'
/** Also the full-width forms, which some spreadsheets fold. */
const FORMULA_START = /^[=+\-@\t\r\n＝＋－＠]/
/** A balance may be below zero; that is a number and starts no formula. */
const NUMBER = /^-\d+(\.\d+)?$/
const NEEDS_QUOTES = /[",\r\n]/

/** One line with its end. */
export function csvLine(fields: readonly string[]): string {
  return fields.map(field).join(',') + LINE_END
}

function field(text: string): string {
  const isFormula = FORMULA_START.test(text) && !NUMBER.test(text)
  const defused = isFormula ? `'${text}` : text
  return NEEDS_QUOTES.test(defused) ? `"${defused.replaceAll('"', '""')}"` : defused
}
