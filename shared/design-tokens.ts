// Colour, type, space, radius and motion: one small set for the mini-program, the cashier page and
// the console. Each surface writes them out as CSS variables (`--hk-…`); a chain changes `brand`.

export const lightColours = {
  brand: '#0b7a5b',
  brandStrong: '#075e46',
  brandSoft: '#e3f2ed',
  onBrand: '#ffffff',
  background: '#f5f6f5',
  surface: '#ffffff',
  line: '#dfe3e1',
  text: '#16211d',
  textSoft: '#55635d',
  good: '#12704f',
  warn: '#8a5300',
  warnSoft: '#fdf1dd',
  bad: '#b3261e',
  badSoft: '#fce8e6',
} as const

export const darkColours: Record<keyof typeof lightColours, string> = {
  brand: '#4cc79f',
  brandStrong: '#7bd9ba',
  brandSoft: '#12352a',
  onBrand: '#06251b',
  background: '#0f1413',
  surface: '#1a211f',
  line: '#323c38',
  text: '#eef3f1',
  textSoft: '#a5b3ad',
  good: '#5fd0a6',
  warn: '#f0b95a',
  warnSoft: '#3a2a0c',
  bad: '#ff8f85',
  badSoft: '#41201d',
}

/** Sizes in CSS pixels. */
export const typeScale = {
  caption: 12,
  body: 15,
  lead: 17,
  title: 20,
  number: 34,
  hero: 48,
} as const
export const space = { xs: 4, s: 8, m: 12, l: 16, xl: 24, xxl: 40 } as const
export const radius = { s: 6, m: 10, l: 16 } as const
export const touchTargetPx = 44

/** The tokens as CSS declarations, for a `:root` (or `page`) rule of one theme. */
export function cssVariables(theme: 'light' | 'dark'): string {
  const colours = theme === 'light' ? lightColours : darkColours
  const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return Object.entries(colours)
    .map(([name, value]) => `--hk-${kebab(name)}: ${value};`)
    .join(' ')
}
