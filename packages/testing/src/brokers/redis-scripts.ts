// KEYS: the topic's state (epoch, head), its stream, its keys. Every script begins by making the state of a topic that
// is not there: a reader of a topic never written is told the epoch in which its first event will be.
const state = `
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then
  local now = redis.call('TIME')
  -- ARGV[1]: later than any epoch that the caller has seen, whatever the clock says.
  epoch = string.format('%.0f', math.max(tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000), tonumber(ARGV[1])))
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'head', 0)
end
local head = tonumber(redis.call('HGET', KEYS[1], 'head'))
`

/** ARGV: least epoch, limit, channel, 'key' or '', the key, then for each event 'event' or '', its type, its data. */
export const publishScript: string = `${state}
if ARGV[4] == 'key' then
  local known = redis.call('HGET', KEYS[3], ARGV[5])
  if known then return { epoch, tonumber(known), 1 } end
end
for i = 6, #ARGV, 3 do
  head = head + 1
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], head .. '-0', 'n', ARGV[i], 'e', ARGV[i + 1], 'd', ARGV[i + 2])
end
redis.call('HSET', KEYS[1], 'head', head)
if ARGV[4] == 'key' then redis.call('HSET', KEYS[3], ARGV[5], head) end
redis.call('PUBLISH', ARGV[3], '')
return { epoch, head, 0 }
`

/** ARGV: least epoch, epoch and offset to read after ('' for the earliest), limit. Returns epoch, head, gap, start, events. */
export const readScript: string = `${state}
local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
local oldest = first and tonumber(string.match(first[1], '%d+')) - 1 or head
local from, gap = oldest, ''
if ARGV[2] ~= '' then
  if ARGV[2] ~= epoch or tonumber(ARGV[3]) > head then gap = 'new-epoch'
  elseif tonumber(ARGV[3]) < oldest then gap = 'trimmed'
  else from = tonumber(ARGV[3]) end
end
local events = redis.call('XRANGE', KEYS[2], (from + 1) .. '-0', '+', 'COUNT', ARGV[4])
return { epoch, head, gap, from, events }
`
