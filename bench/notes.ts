/** What stands below the lines of a part: how it was measured, why a goal is not met, and what was tried. */
export const notes = {
  connections: `Memory is RSS once all garbage is collected, in both processes, and without the first thousand readers. A stream
on Node keeps more heap than raw for its subscriber, its place in the ring and its sink, and for what @hono/node-server keeps of
a request until its response is over.

On Bun the goal is not met. What raw keeps there is little more than Bun's own stream, request and response. Ours keeps the
same, the objects of a subscriber, and a \`Headers\` for request and response each, since it looks at them. The adapter's
stream in place of the core's leaves nothing of the first behind; carrying the stream without a second one was not tried.

On Deno ours stands on \`node:http\`, which takes a quarter of what a stream on \`Deno.serve\` does.`,
}
