import type { Page } from 'playwright-core'

/** Controls without a name, pictures without a text, ids that are there twice, headings that skip a level. */
export function findNameless(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const problems: string[] = []
    const nameOf = (element: Element): string => {
      const by = element.getAttribute('aria-labelledby')
      const labels = element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element.labels : null
      const texts = [
        by === null ? '' : document.getElementById(by)?.textContent,
        element.getAttribute('aria-label'),
        labels?.[0]?.textContent,
        element.textContent,
      ]
      return texts.find((text) => text?.trim())?.trim() ?? ''
    }
    const named = 'button, input, select, summary, a, [role=img], [role=group], [role=region], [tabindex="0"], article'
    for (const element of document.querySelectorAll(named)) {
      if (nameOf(element) === '') problems.push(`no name: ${element.outerHTML.slice(0, 80)}`)
    }
    for (const image of document.querySelectorAll('img:not([alt])')) problems.push(`no alt: ${image.outerHTML}`)
    const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
    problems.push(...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `twice: ${id}`))
    let level = 0
    for (const { tagName } of document.querySelectorAll('h1, h2, h3, h4')) {
      if (Number(tagName[1]) > level + 1) problems.push(`skips to ${tagName}`)
      level = Number(tagName[1])
    }
    if (document.querySelectorAll('main').length !== 1) problems.push('not one main')
    return problems
  })
}

/** Texts that stand out too little from what is behind them: WCAG asks for 4.5, and for 3 where they are large. */
export function findPale(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
    type Colour = [red: number, green: number, blue: number, alpha: number]
    const read = (css: string): Colour => {
      if (!context) throw new Error('No canvas')
      context.clearRect(0, 0, 1, 1)
      context.fillStyle = css
      context.fillRect(0, 0, 1, 1)
      const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data
      return [red, green, blue, alpha / 255]
    }
    const luminance = ([red, green, blue]: Colour): number => {
      const [r = 0, g = 0, b = 0] = [red, green, blue].map((value) => {
        const share = value / 255
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
      })
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const behind = (element: Element | null): Colour => {
      for (let each = element; each; each = each.parentElement) {
        const colour = read(getComputedStyle(each).backgroundColor)
        if (colour[3] === 1) return colour
      }
      return [255, 255, 255, 1]
    }
    const problems: string[] = []
    for (const element of document.querySelectorAll('body *')) {
      const isText = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim())
      if (!isText || !element.checkVisibility() || element.closest('svg, :disabled, noscript, .unseen')) continue
      const style = getComputedStyle(element)
      const [front, back] = [luminance(read(style.color)), luminance(behind(element))]
      const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05)
      const isLarge = parseFloat(style.fontSize) >= 24
      if (contrast < (isLarge ? 3 : 4.5)) {
        problems.push(`${contrast.toFixed(1)}: ${element.tagName} ${element.textContent?.slice(0, 40)}`)
      }
    }
    return problems
  })
}

/** How much wider the page is than its window. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
}
