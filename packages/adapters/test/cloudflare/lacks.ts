/** What of the broker contract the objects cannot do, each with the reason. */
export const lacks = {
  signals: 'nobody knows all hubs, since each request of a Worker has one: nothing can be sent to all of them',
}
