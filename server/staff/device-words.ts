// What a browser says of itself, in a few words that a person knows their own device by. It may say
// anything: nothing is decided by it.

const SYSTEMS: readonly [RegExp, string][] = [
  [/iPad/, 'iPad'],
  [/iPhone/, 'iPhone'],
  [/Android/, '安卓'],
  [/Windows/, 'Windows'],
  [/Macintosh|Mac OS X/, 'Mac'],
  [/Linux|X11/, 'Linux'],
]
const BROWSERS: readonly [RegExp, string][] = [
  [/MicroMessenger/, '微信'],
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
]

/** Such as `Windows · Chrome`; `未知设备` for what is neither. */
export function deviceWords(userAgent: string | undefined): string {
  const known = [SYSTEMS, BROWSERS].flatMap(
    (list) => list.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1] ?? [],
  )
  return known.length === 0 ? '未知设备' : known.join(' · ')
}
