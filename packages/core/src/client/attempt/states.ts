/**
 * The life of one attempt. docs/failover.md tells what each state means for the whole connection.
 *
 * | state      | how long it may hear nothing                          | what becomes of it then |
 * |------------|-------------------------------------------------------|-------------------------|
 * | connecting | `connectTimeout`                                      | lost: `timeout`         |
 * | open       | 10 s from the head                                    | lost: `buffered`        |
 * | live       | 3 usual silences, at most 1.3 heartbeats              | odd, or suspect         |
 * | odd        | 1.3 heartbeats from the last byte                     | suspect                 |
 * | suspect    | 2.5 heartbeats from the last byte                     | lost: `idle`            |
 */

/**
 * `open`: the head was valid; `live`: bytes follow it; `odd`: it is silent for longer than usual, which is looked into;
 * `retired`: it was closed because it is not needed any more.
 */
export type AttemptState = 'connecting' | 'open' | 'live' | 'odd' | 'suspect' | 'lost' | 'retired'

/**
 * What happens to an attempt. `oddity`: it is silent for longer than usual; `excuse`: that was a mere pause; `doubt`: there
 * is evidence from elsewhere that it is dead.
 */
export type AttemptInput = 'head' | 'byte' | 'oddity' | 'excuse' | 'silence' | 'doubt' | 'loss' | 'retire'

/** Every transition there is. What a state does not name changes nothing in it. */
export const transitions: Record<AttemptState, Partial<Record<AttemptInput, AttemptState>>> = {
  connecting: { head: 'open', silence: 'lost', loss: 'lost', retire: 'retired' },
  open: { byte: 'live', silence: 'lost', loss: 'lost', retire: 'retired' },
  live: { oddity: 'odd', silence: 'suspect', doubt: 'suspect', loss: 'lost', retire: 'retired' },
  odd: { byte: 'live', excuse: 'live', silence: 'suspect', doubt: 'suspect', loss: 'lost', retire: 'retired' },
  suspect: { byte: 'live', silence: 'lost', loss: 'lost', retire: 'retired' },
  lost: {},
  retired: {},
}
