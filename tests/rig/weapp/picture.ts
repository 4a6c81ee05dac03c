import type { Browser, Page } from 'playwright-core'
import type { WeappElement, WeappNode } from './view-layer.js'
import { PHONE_WIDTH_PX } from './wx.js'

// What a page of the mini-program looks like, drawn by Chromium: the real elements and style sheets
// over the defaults of WeChat's own components. Close to a phone, not the same as one.

const PICTURE_HEIGHT_PX = 812
const DEFAULTS = `
  body { margin: 0; font: 16px/1.4 sans-serif }
  wx-page, wx-view, wx-scroll-view { display: block }
  wx-text { display: inline; white-space: pre-wrap }
  wx-input { display: block; height: 1.4em }
  wx-input input { width: 100%; border: 0; background: none; font: inherit; color: inherit }
  wx-button {
    display: block; position: relative; box-sizing: border-box; margin: 0 auto; padding: 0 14px;
    font-size: 18px; line-height: 2.5556; text-align: center; border-radius: 5px;
    color: #000; background: #f8f8f8; width: 184px; min-width: 0;
  }`

/** Attributes of the mini-program and what they are called in a browser. wcc joins hyphenated names. */
const DRAWN_ATTRIBUTES: Readonly<Record<string, string>> = {
  class: 'class',
  style: 'style',
  id: 'id',
  disabled: 'disabled',
  ariaRole: 'role',
  ariaSelected: 'aria-selected',
  ariaChecked: 'aria-checked',
  ariaLabel: 'aria-label',
}

/** The page as HTML. `page` of a style sheet is the outermost element here. */
export function pageHtml(tree: WeappElement, css: string): string {
  const sheet = css
    .replace(/(^|[\s,{}>+~])page(?=[\s,{.:>[])/g, '$1wx-page')
    .replace(
      /(-?\d*\.?\d+)rpx/g,
      (_, rpx: string) => `${String((Number(rpx) * PHONE_WIDTH_PX) / 750)}px`,
    )
  return [
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8">',
    `<style>${DEFAULTS}</style><style>${sheet}</style>`,
    `<body>${html(tree)}</body></html>`,
  ].join('')
}

/** A tab to draw pages in with `setContent`, at the size of a phone; the caller closes it. */
export function drawingTab(browser: Browser, theme: 'light' | 'dark'): Promise<Page> {
  return browser.newPage({
    viewport: { width: PHONE_WIDTH_PX, height: PICTURE_HEIGHT_PX },
    colorScheme: theme,
    deviceScaleFactor: 2,
  })
}

function html(node: WeappNode): string {
  if (typeof node === 'string') return escaped(node)
  const children = node.children.map(html).join('')
  if (node.tag === 'virtual') return children
  if (node.tag === 'wx-input') {
    const shown = `value="${given(node, 'value')}" placeholder="${given(node, 'placeholder')}"`
    return `<wx-input${attributes(node)}><input ${shown}></wx-input>`
  }
  return `<${node.tag}${attributes(node)}>${children}</${node.tag}>`
}

function attributes(node: WeappElement): string {
  return Object.entries(DRAWN_ATTRIBUTES)
    .filter(
      ([name]) =>
        node.attr[name] !== undefined && node.attr[name] !== '' && node.attr[name] !== false,
    )
    .map(([name, html]) => ` ${html}="${given(node, name)}"`)
    .join('')
}

function given({ attr }: WeappElement, name: string): string {
  const value = attr[name]
  return escaped(typeof value === 'string' || typeof value === 'number' ? String(value) : '')
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
