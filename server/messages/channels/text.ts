// Texts cut to what a provider takes: by code point, so that no emoji is torn, and never empty.

/** At most `charactersMax` code points, the last one `…` when something was cut. */
export function cut(text: string, charactersMax: number): string {
  const characters = Array.from(text)
  if (characters.length <= charactersMax) return text
  if (charactersMax === 1) return characters[0] ?? ''
  return `${characters
    .slice(0, charactersMax - 1)
    .join('')
    .trimEnd()}…`
}
