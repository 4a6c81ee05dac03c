/** `text` on one line: white space of every kind becomes one space, half characters become `\uFFFD`. */
export function oneLine(text: string): string {
  return text
    .replace(/\p{Cs}/gu, '\uFFFD')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
}
