/** What to open and what to try, printed once everything listens. */
export function welcome({
  port,
  ports,
  token,
  log,
}: {
  port: number
  ports: number[]
  token: string
  log: string
}): string {
  const page = `http://localhost:${port}`
  const [first, second, third] = ports.map((number) => `http://localhost:${number}`)
  return `
  Holdfast is running: the page on ${page}, three stream servers on ${ports.join(', ')}.
  What they share, and have again after a crash, is ${log}.

  Open   ${page}/#token=${token}

  Watch this machine, in another terminal:
    curl -N '${first}/events?topic=system'

  Watch the news on two servers at once, and publish some:
    curl -N '${second}/events?topic=news' & curl -N '${third}/events?topic=news' &
    curl '${page}/topics/news' -H 'Authorization: Bearer ${token}' \\
      -H 'Content-Type: application/json' -d '{"data":"Hello from curl"}'

  Ctrl-C stops everything.
`
}
