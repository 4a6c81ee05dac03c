import { CODE_128_QUIET_MODULES, code128Modules } from './code-128.js'
import { qrModules, type Modules } from './qr-code.js'

// Pictures of codes as SVG in a data URI: sharp at every size, one property on the bridge, no canvas.
// WeChat's renderer takes neither percentages nor <style> in an SVG, so size is in the view box only.

const QR_QUIET_MODULES = 4

/** A picture: its address and its size in modules, quiet zone included. */
export interface CodeImage {
  readonly uri: string
  readonly widthModules: number
  readonly heightModules: number
}

/** The barcode of `digits`, one module high: the view stretches it. */
export function barcodeImage(digits: string): CodeImage {
  return image([code128Modules(digits)], CODE_128_QUIET_MODULES, 0)
}

/** The QR code of `digits`. */
export function qrImage(digits: string): CodeImage {
  return image(qrModules(digits), QR_QUIET_MODULES, QR_QUIET_MODULES)
}

/**
 * How wide to draw `modules` in at most `availablePx`, in CSS pixels: as wide as fits with every
 * module a whole number of device pixels, so that no bar is a hair wider than its neighbour.
 */
export function sharpWidthPx(modules: number, availablePx: number, pixelRatio: number): number {
  const devicePixels = Math.max(1, Math.floor((availablePx * pixelRatio) / modules))
  return Math.min(availablePx, (devicePixels * modules) / pixelRatio)
}

function image(modules: Modules, quietX: number, quietY: number): CodeImage {
  const widthModules = (modules[0]?.length ?? 0) + quietX * 2
  const heightModules = modules.length + quietY * 2
  const path = modules.map((row, y) => runs(row, quietX, y + quietY)).join('')
  const svg =
    `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 ${String(widthModules)} ` +
    `${String(heightModules)}' preserveAspectRatio='none' shape-rendering='crispEdges'>` +
    `<path d='${path}'/></svg>`
  return { uri: `data:image/svg+xml,${escaped(svg)}`, widthModules, heightModules }
}

function runs(row: readonly boolean[], left: number, y: number): string {
  let path = ''
  for (let x = 0; x < row.length; x += 1) {
    if (row[x] !== true || row[x - 1] === true) continue
    let length = 1
    while (row[x + length] === true) length += 1
    path += `M${String(x + left)},${String(y)}h${String(length)}v1h-${String(length)}z`
  }
  return path
}

/** Only what a url("…") in an inline style cannot carry is escaped; the rest stays readable. */
function escaped(svg: string): string {
  return svg.replace(/[<>#%" ]/g, (sign) => encodeURIComponent(sign))
}
