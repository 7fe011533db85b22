const { navigator } = globalThis as { navigator?: { userAgent?: string } }

/** Whether this is workerd, where streams, timers and ports belong to one request, and header values are no bytes. */
export const onWorkerd: boolean = navigator?.userAgent === 'Cloudflare-Workers'
