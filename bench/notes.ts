/** What stands below the lines of a part: how it was measured, why a goal is not met, and what was tried. */
export const notes = {
  sets: `Each cost is a mean over 200 events: with 50, one collection of all garbage more or less made the same code 0.96 or 1.67
times as dear. One buffer for the ids of many native readers, instead of a small one each, was not built: by a profile it would save
less than is missing.`,
  scale: `Raw grows by more, so that most of it is what Node and the kernel do for a connection. No profile was made of it, and nothing
was tried.`,
  fanout: `On Bun ours writes to Bun's own sink of a response, \`type: 'direct'\`, as it does to Node's sockets, and is warmed up, as its
peers are, since JavaScriptCore compiles late. With 10 a turn raw is no measure of ten writes: Bun gathers what is enqueued in one turn, and takes for it what two
to four writes take. Tried, and no faster: leaving it to Bun when to flush, and another \`highWaterMark\`, which \`Bun.serve\` ignores.

On Node with 10 events a turn two thirds of ours is one call of the kernel for each reader, which raw makes as well, and most of the rest
Node's own way to it. By a profile what is left to the hub is an eighth.`,
  broadcast: `Each event is a request of its own to the server. Raw, which makes the same write calls, is dearer than ours and than Nchan,
which writes from C. Nothing was tried for Nchan's p99 alone.`,
  herd: `Who is 100 events back takes one call of the kernel, as a new client does: what it missed is in memory, and goes with
the head. What is left is to read its id and its pages, and the kernel's copy of ten times as many bytes. Who is 1,000 events back costs
what it did; a new client costs less, so that the ratio rose.`,
  parser: `On Bun most of a short event is
the slice that its reader has to resolve, and the same code does a quarter better or worse from one process to the next, as the engine
compiles it. Tried, and no faster: splitting at blank lines, a sticky regular expression, one replacement for a run of data
lines or for all CRLF, looking at bytes or at characters instead of searching, fewer fields that are written for a text, and a way
of its own for a chunk that ends with a line.`,
  connect: `By a profile the largest single item of our own is to know each event's position, by which nothing comes twice: that is
what the client is for; without it the ratios were a tenth lower. Tried, and no faster: shorter slices of the id, flags of
the engine for inlining, fewer layers between stream and listener, positions kept beside their map, a queue that weighs nothing, and no
look at signals or promises for each event.`,
  connections: `Memory is RSS once all garbage is collected, in both processes, and without the first thousand readers. A stream
on Node keeps more heap than raw for its subscriber, its place in the ring and its sink, and for what @hono/node-server keeps of
a request until its response is over.

Accepting is measured in processes of its own, that stand side by side, until all have the first bytes. To collect all garbage
drops compiled code as well, and beside a peer that is measured minutes later a busy machine makes any ratio. By a profile of
ours on Node an eighth is the kernel's writing, and another the garbage. What is left beside raw: a \`Request\`, a \`Headers\`
and a web stream that an adapter then takes over, since middleware may look at them; the hub's own objects; the hint at the opening.

On Bun the goal is not met. Ours is carried by one \`type: 'direct'\` stream. On it stand the objects of a subscriber, and the request, since
without it the connection's time cannot be set once its stream has ended. A response whose stream the adapter takes over is made and
dropped for each. A \`Headers\` for the response is not kept any more, nor is its stream.

On Deno ours stands on \`node:http\`, which takes a quarter of what a stream on \`Deno.serve\` does.`,
}
