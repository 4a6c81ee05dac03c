import Taro from '@tarojs/taro'

/** Puts the whole address of a path of the server on the clipboard; false when it did not get there. */
export async function copyLink(path: string): Promise<boolean> {
  try {
    await Taro.setClipboardData({ data: serverAddress() + path })
    return true
  } catch {
    return false
  }
}

/** A browser's page comes from the server itself, and knows no other address of it. */
function serverAddress(): string {
  if (process.env.TARO_ENV !== 'h5') return HUIKE_API_BASE
  return (globalThis as { location?: { origin: string } }).location?.origin ?? ''
}
