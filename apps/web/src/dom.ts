/** Find an element that `index.html` has. */
export function element<T extends Element>(id: string, type: new () => T): T {
  const found = document.getElementById(id)
  if (found instanceof type) return found
  throw new Error(`The page has no "${id}"`)
}

/** Make an element. Its text is text, never markup. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = '',
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  made.append(...content)
  return made
}

/** Set a text only where it differs, so that screen readers are not told what they know. */
export function say(where: Element, text: string): void {
  if (where.textContent !== text) where.textContent = text
}
