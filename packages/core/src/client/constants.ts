/**
 * The numbers of the algorithm, each with what it was measured against in a simulation. Milliseconds, unless they say otherwise.
 *
 * This file imports nothing, so that bundlers put the numbers where they are used.
 */

// Silence. With hedging a black hole interrupts for 6.5 s at a heartbeat of 5 s, without for 12.5 s.

/** Heartbeats of silence after which a stream is suspect. */
export const suspectAfter = 1.3
/** A server that announces less is held to this: streams would be given up before their bytes could come. */
export const shortestHeartbeat = 1_000
/** Heartbeats of silence after which a stream is given up. */
export const idleAfter = 2.5

// Rhythm. A stream that is silent for several times as long as usual is checked, long before the heartbeat's rules.

/** Usual silences after which one is odd. */
export const oddTimes = 3
/** No silence shorter than this is odd, whatever the rhythm. */
export const shortestOdd = 1_000
/** What counts of a silence at most, so that one long pause is forgotten in a minute or two. */
export const longestUsual = 5_000
/** How long the rhythm is remembered: with more, one pause hides a dead stream for minutes; with less, pauses are probed too often. */
export const rhythmMemory = 45_000
/** How long streams must have been heard before there is a rhythm. */
export const rhythmNeeds = 3_000
/** How often an odd stream is looked at, and how long it may lack what another one brought. */
export const oddLook = 300
/** The least time that a probe's answer may take; three times the usual time to a head, where that is more. */
export const shortestProbe = 500
/** Fruitless probes that a process may make at once, for one set of endpoints. */
export const maxProbes = 10
/** A fruitless probe more may be made after this time. */
export const probeRefill = 6_000
/** How long an endpoint that answered a probe counts as known to be well. */
export const wellFor = 2_000

// Sleep.

/** The longest time between two looks at a stream: a machine that wakes up is noticed within this. */
export const longestLook = 2_000
/** A timer this late means that the process was stopped, or the machine asleep. Background pages may have theirs once a minute. */
export const lateAfter = 5_000
/** Later than pages in the background have their timers: where no heartbeat is known, nothing less tells of a sleep. */
export const surelyLate = 65_000

// Attempts.

/** How long the head of an answer may take. */
export const headTimeout = 10_000
/** The least of that at an endpoint that worked before, where others may be asked: three times the usual time, if that is more. */
export const shortestHang = 2_000
/** How long the first byte may take from the head on. */
export const firstByteTimeout = 10_000
/** How long the head may take for a request that must not be repeated. */
export const onceTimeout = 60_000
/** A stream of this age stands for a working server; at 0 a flapping set of endpoints saw 15.9 k attempts, at 5 s 9.6 k. */
export const minUptime = 5_000
/** The same for a stream that brought something new. */
export const usefulUptime = 1_000
/** What everybody who lost the same server waits at most: 0 and 1,000 give peaks of 459 and 358 attempts/s, 200 gives 417. */
export const firstJitter = 200
/** Attempts at a time; 3 gain nothing over 2. */
export const raceWidth = 2
/** The least time between two attempts of a race. */
export const stagger = 250
export const firstBackoff = 1_000
/** With a cap of 30 s an outage is over after 47 s, with 10 after 29, with 5 after 25. */
export const longestBackoff = 10_000
/** So long after a stream that brought something, the steps stay short. */
export const recently = 5_000
/** A server that says `retry: 0` must not be taken at its word. */
export const shortestBackoff = 200
/** An extra attempt comes back in this time: one sweep over the list, and then no more than the back-off allows. */
export const refill = 10_000

// Polling.

/** How long the head of an answer and its first byte may take until the endpoint is polled beside it. */
export const muteAfter = 3_000
/** How long an endpoint is not polled again by way of trial. */
export const pollAgainAfter = 30_000
/** How long a server may wait for something new. Not longer than a hub's heartbeat: it is silent for so long. */
export const pollWait = 10_000
/** The least time between two polls of which the first brought nothing. */
export const pollPause = 1_000
/** How often a stream is tried again. */
export const unmuteAfter = 60_000

// Endpoints.

/** Failures that count half. */
export const failureHalfLife = 60_000
/** Doubled with each failure in a row: 2 s at the third, which is the first that counts. */
export const breakStep = 250
export const longestBreak = 60_000
/** For an endpoint that says it has no event stream, and up to a quarter more. */
export const refusedFor = 300_000
/** How long an endpoint that worked may answer with something else before it is believed: a deploy takes less. */
export const oddFor = 60_000
/** How long a server whose log is older than another's is left alone. */
export const staleBar = 5_000
/** So many times, over so long, every endpoint must say that its log is older before it is taken for a new one. */
export const staleTimes = 3
export const staleFor = 10_000
/** Endpoints that are remembered as gone, where a function goes on naming them. */
export const maxGone = 1_000
/** How long there is no good stream until a function is asked for endpoints again. */
export const askAgainAfter = 60_000
/** The least time between two calls of that function. */
export const askPause = 1_000
/** Sets of endpoints whose budgets a process remembers. */
export const maxBudgets = 1_000
export const longestRetryAfter = 600_000
/** The least time between two acknowledgements, whatever a server asks for. */
export const shortestAcknowledgement = 1_000

// Voluntary moves.

export const pauseBetweenMoves = 30_000
/** How long where we move to must have been without a failure. */
export const calmTarget = 10_000
export const calmPreferred = 60_000
/** How much cheaper a preferred endpoint must be. */
export const cheaperBy = 1.5
/** This late twice is slow. */
export const late = 1_000
/** This late once is slow. */
export const veryLate = 2_000
/** How long both streams run before the old one closes. */
export const overlap = 5_000
/** The part of a draining server's time within which its clients leave. The rest is for the new stream. */
export const drainShare = 0.8

// Additional connections.

/** How long nothing must happen until there is one connection less. */
export const calm = 120_000
/** The load above which no additional connection is opened. */
export const tooBusy = 0.85
/** The load above which a second full stream becomes a standby. */
export const muchTooBusy = 0.9
/** The log moves at an endpoint and not here for this long: the stream that delivers is suspect. */
export const patience = 1_000

// What is held, of a stream and for the application.

/** Characters of a comment that may be a hint: 32 topics of 1,024 characters, each of which takes 9 percent-encoded. */
export const maxHint = 294_912
/** What may wait to be consumed, in characters. Reading stops above it. A chunk that is being read may go beyond. */
export const maxWaiting = 1_048_576
/** What each entry counts besides its data: 256 of them are as much as may wait. */
export const entryWeight = 4_096
/** The time between two writes of the position. */
export const saveInterval = 1_000
