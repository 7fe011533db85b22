const { navigator, Deno } = globalThis as { navigator?: { userAgent?: string }; Deno?: object }

/** Whether this is workerd, where streams, timers and ports belong to one request, and header values are no bytes. */
export const onWorkerd: boolean = navigator?.userAgent === 'Cloudflare-Workers'

/** Whether this is Deno, which prints a warning where anything looks at the signal of a request that it serves. */
export const onDeno: boolean = Deno !== undefined
