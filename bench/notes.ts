/** What stands below the lines of a part: how it was measured, why a goal is not met, and what was tried. */
export const notes = {
  sets: `Each cost is a mean over 200 events: with 50, one collection of all garbage more or less made the same code 0.96 or 1.67
times as dear. One buffer for the ids of many native readers, instead of a small one each, was not built: by a profile it would save
less than is missing.`,
  fanout: `On Bun no goal is met. Ours is a web stream that Bun reads, and then writes: what is shared between readers is the chunk, not
the way to the socket. A sink of our own on \`type: 'direct'\`, as there is one on Node's sockets, was not tried. A warm-up changes nothing.`,
  parser: `Ids cost what the peer does not do: each is copied out of the text that it came in, since a last event ID lives as long as
its connection, and would keep 16 KB of text alive with it. Tried, and no faster: splitting at blank lines, a sticky regular expression,
one replacement for a run of data lines, and looking at bytes instead of characters, which helped ids on Bun and cost as much on Node.
Ratios differ by a fifth from one process to the next, as the engine compiles it.`,
  connect: `By a profile the largest single item of our own is to know each event's position, by which nothing comes twice: that is
what the client is for. Tried, and no faster: shorter slices of the id, flags of the engine for inlining, and fewer layers between stream and listener.`,
  connections: `Memory is RSS once all garbage is collected, in both processes, and without the first thousand readers. A stream
on Node keeps more heap than raw for its subscriber, its place in the ring and its sink, and for what @hono/node-server keeps of
a request until its response is over.

On Bun the goal is not met. What raw keeps there is little more than Bun's own stream, request and response. Ours keeps the
same, the objects of a subscriber, and a \`Headers\` for request and response each, since it looks at them. The adapter's
stream in place of the core's leaves nothing of the first behind; carrying the stream without a second one was not tried.

On Deno ours stands on \`node:http\`, which takes a quarter of what a stream on \`Deno.serve\` does.`,
}
