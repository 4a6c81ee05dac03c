/** A browser needs the address for a moment after the click. */
const ADDRESS_KEPT_MS = 60_000

/** Saves bytes under a name, as if a link to them had been clicked. */
export function saveFile(bytes: Blob, name: string): void {
  const address = URL.createObjectURL(bytes)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => {
    URL.revokeObjectURL(address)
  }, ADDRESS_KEPT_MS)
}
