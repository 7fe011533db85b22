/** Whether nothing may move that need not. */
const calm = matchMedia('(prefers-reduced-motion: reduce)')

/** Draw with the next frame, once for all that asks for it before. */
export function onceAFrame(drawing: () => void): () => void {
  let isAsked = false
  return () => {
    if (isAsked) return
    isAsked = true
    requestAnimationFrame(() => {
      isAsked = false
      drawing()
    })
  }
}

/** Move from 0 to 1 in so many milliseconds; at once where nothing may move. @returns how to stop */
export function glide(milliseconds: number, step: (progress: number) => void): () => void {
  if (calm.matches) {
    step(1)
    return () => {}
  }
  const from = performance.now()
  let frame = requestAnimationFrame(function next(now) {
    const t = Math.min(Math.max((now - from) / milliseconds, 0), 1)
    // Slow at both ends, so that the eye can follow.
    step(t < 0.5 ? 4 * t ** 3 : 1 - (2 - 2 * t) ** 3 / 2)
    if (t < 1) frame = requestAnimationFrame(next)
  })
  return () => cancelAnimationFrame(frame)
}
