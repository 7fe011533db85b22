/**
 * Scripts, since only a script does several steps as one. KEYS are the topic's state, its stream and its known keys.
 *
 * Numbers go out as text: Redis would cut what Lua returns to whole numbers of its own, and `..` writes 14 digits.
 *
 * ARGV: 1 the least epoch for a new log, 2 and 3 epoch and offset that the caller has seen, 4 milliseconds for which the
 * state of a topic outlives its last use.
 */
const state = `
local function text(number) return string.format('%.0f', number) end
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local keep = tonumber(ARGV[4])
local found = redis.call('HMGET', KEYS[1], 'epoch', 'head')
local epoch, head = tonumber(found[1]), tonumber(found[2])
local seenEpoch, seenOffset = tonumber(ARGV[2]), tonumber(ARGV[3])
-- Redis knows less than it has told: a replica took over without the newest events. Their positions must not come again.
local lost = epoch and (epoch < seenEpoch or (epoch == seenEpoch and head < seenOffset))
if not epoch or lost then
  epoch, head = math.max(now, tonumber(ARGV[1]), (epoch or 0) + 1), 0
  redis.call('UNLINK', KEYS[2], KEYS[3])
  redis.call('HSET', KEYS[1], 'epoch', text(epoch), 'head', '0')
  redis.call('PEXPIRE', KEYS[1], keep)
else
  local left = redis.call('PTTL', KEYS[1])
  if left >= 0 and left < keep / 2 then redis.call('PEXPIRE', KEYS[1], keep) end
end
`

/** Returns epoch and head. */
export const headScript: string = `${state}
return { text(epoch), text(head) }
`

/**
 * Returns epoch, head, and whether the key was known (1 or 0); with a known key, head is what it was then.
 *
 * ARGV: 5 events to keep, 6 milliseconds to keep them (0: however old), 7 the command that wakes, 8 the channel, 9 '1'
 * with a key, 10 the key; then for each event '1' with a type, the type, the data.
 *
 * An entry's id is the offset and the time. Trimming takes whole nodes of the stream's tree (about 100 entries), and by
 * age a slice each time, so that no call takes long.
 */
export const publishScript: string = `${state}
if ARGV[9] == '1' then
  local known = redis.call('ZSCORE', KEYS[3], ARGV[10])
  if known then return { text(epoch), text(tonumber(known)), 1 } end
end
for i = 11, #ARGV, 3 do
  head = head + 1
  local id = text(head) .. '-' .. text(now)
  if ARGV[i] == '1' then redis.call('XADD', KEYS[2], id, 'd', ARGV[i + 2], 'e', ARGV[i + 1])
  else redis.call('XADD', KEYS[2], id, 'd', ARGV[i + 2]) end
end
redis.call('HSET', KEYS[1], 'head', text(head))
if ARGV[9] == '1' then redis.call('ZADD', KEYS[3], text(head), ARGV[10]) end

redis.call('XTRIM', KEYS[2], 'MAXLEN', '~', ARGV[5])
local maxAge = tonumber(ARGV[6])
local function parts(id) return string.match(id, '(%d+)-(%d+)') end
local function isOld(id)
  local _, time = parts(id)
  return maxAge > 0 and tonumber(time) < now - maxAge
end
local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
if first and isOld(first[1]) then
  local slice = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 100)
  local last = first
  for _, entry in ipairs(slice) do
    if isOld(entry[1]) then last = entry end
  end
  redis.call('XTRIM', KEYS[2], 'MINID', text(tonumber((parts(last[1]))) + 1))
  first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
end
if first then redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', '(' .. parts(first[1])) end

-- Nothing comes any more: the events go when the last of them is too old, and later what is known of the topic.
if maxAge > 0 then
  redis.call('PEXPIRE', KEYS[1], keep)
  redis.call('PEXPIRE', KEYS[2], maxAge)
  redis.call('PEXPIRE', KEYS[3], maxAge)
else
  for _, key in ipairs(KEYS) do redis.call('PERSIST', key) end
end
redis.call(ARGV[7], ARGV[8], text(epoch) .. '-' .. text(head))
return { text(epoch), text(head), 0 }
`

/**
 * Returns epoch, head, the gap or '', the offset it begins after, and the entries.
 *
 * ARGV: 5 and 6 the position to read after ('' for the earliest), 7 the limit. XRANGE from what is trimmed begins later
 * without a word, so the first offset that is there is asked for. A page also ends once it holds a MiB.
 */
export const readScript: string = `${state}
local first = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
local oldest = first and tonumber(string.match(first[1], '%d+')) - 1 or head
local from, gap = oldest, ''
if ARGV[5] ~= '' then
  local at = tonumber(ARGV[6])
  if tonumber(ARGV[5]) ~= epoch or at > head then gap = 'new-epoch'
  elseif at < oldest then gap = 'trimmed'
  else from = at end
end
local events, bytes, limit, at = {}, 0, tonumber(ARGV[7]), from
while #events < limit and bytes < 1048576 and at < head do
  local slice = redis.call('XRANGE', KEYS[2], text(at + 1), '+', 'COUNT', math.min(25, limit - #events))
  if #slice == 0 then break end
  for _, entry in ipairs(slice) do
    events[#events + 1] = entry
    bytes = bytes + #entry[2][2]
  end
  at = tonumber((string.match(slice[#slice][1], '%d+')))
end
return { text(epoch), text(head), gap, text(from), events }
`
