import type { Page } from 'playwright-core'

/** A pixel of rounding is not a cut. */
const TOLERANCE_PX = 1

/**
 * Elements of the page whose own text is cut: wider or higher than a box that hides what does not
 * fit, with an ellipsis or without, or running out of the window at its side. Each as
 * `"text" in tag.class: by how much`. Hidden elements and empty ones are left out, and so are those
 * a person can scroll, as what is typed into a field.
 */
export async function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate((tolerancePx) => {
    const hides = (value: string) => value === 'hidden' || value === 'clip'
    const scrolls = (value: string) => value === 'auto' || value === 'scroll'
    const nameOf = (element: Element) =>
      [element.tagName.toLowerCase(), ...Array.from(element.classList)].join('.')

    /** The box of the element's own text: its children's text is theirs. */
    function ownTextBox(element: Element): DOMRect | null {
      const range = document.createRange()
      let box: DOMRect | null = null
      for (const node of Array.from(element.childNodes)) {
        if (node.nodeType !== Node.TEXT_NODE || (node.textContent ?? '').trim() === '') continue
        range.selectNodeContents(node)
        for (const part of Array.from(range.getClientRects())) {
          const left = Math.min(box?.left ?? part.left, part.left)
          const top = Math.min(box?.top ?? part.top, part.top)
          const right = Math.max(box?.right ?? part.right, part.right)
          const bottom = Math.max(box?.bottom ?? part.bottom, part.bottom)
          box = new DOMRect(left, top, right - left, bottom - top)
        }
      }
      return box
    }

    /** By how much a box around the text hides some of it; the window hides at its sides. */
    function cutBy(element: Element, text: DOMRect): string | null {
      let canScrollAcross = false
      let canScrollDown = false
      for (let around: Element | null = element; around; around = around.parentElement) {
        const style = getComputedStyle(around)
        const box = around.getBoundingClientRect()
        const wide = Math.max(text.right - box.right, box.left - text.left)
        const high = Math.max(text.bottom - box.bottom, box.top - text.top)
        if (!canScrollAcross && hides(style.overflowX) && wide > tolerancePx)
          return `${String(Math.round(wide))} px at the side of ${nameOf(around)}`
        if (!canScrollDown && hides(style.overflowY) && high > tolerancePx)
          return `${String(Math.round(high))} px in height of ${nameOf(around)}`
        canScrollAcross ||= scrolls(style.overflowX) && around.scrollWidth > around.clientWidth
        canScrollDown ||= scrolls(style.overflowY)
      }
      if (canScrollAcross) return null
      const beyond = Math.max(text.right - document.documentElement.clientWidth, -text.left)
      return beyond > tolerancePx ? `${String(Math.round(beyond))} px out of the window` : null
    }

    const cut: string[] = []
    for (const element of Array.from(document.body.querySelectorAll('*'))) {
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue
      const text = ownTextBox(element)
      const how = text === null ? null : cutBy(element, text)
      if (how !== null)
        cut.push(`"${(element.textContent ?? '').trim()}" in ${nameOf(element)}: ${how}`)
    }
    return cut
  }, TOLERANCE_PX)
}
