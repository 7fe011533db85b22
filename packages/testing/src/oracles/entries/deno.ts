/** Deno's own EventSource: `deno run deno.ts <url>…` prints what each of them brings. */
import process from 'node:process'

for (const [index, url] of process.argv.slice(2).entries()) {
  new EventSource(url).addEventListener('message', ({ data }) => console.log(`got ${index} ${data}`))
}
