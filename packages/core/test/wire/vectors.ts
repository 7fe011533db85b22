/** Byte streams and what the standard makes of them, written from WHATWG HTML, section 9.2 "Server-sent events". */

export interface Vector {
  name: string
  /** The section, and the sentence in short. */
  source: string
  /** Text stands for its UTF-8. */
  input: string | number[]
  /** Type, data and last event ID of each dispatched event. */
  events: [event: string, data: string, id: string][]
  lastEventId?: string
  retry?: number[]
  comments?: string[]
  /** Every id line that counts at its block's end; those of blocks without data are checkpoints. */
  ids?: string[]
  checkpoints?: string[]
}

const parsing = '9.2.5 Parsing an event stream'
const interpreting = '9.2.6 Interpreting an event stream'

export const vectors: Vector[] = [
  { name: 'one line of data', source: interpreting, input: 'data: hello\n\n', events: [['message', 'hello', '']] },
  {
    name: 'lines of data joined by LF',
    source: `${interpreting}, example`,
    input: 'data: YHOO\ndata: +2\ndata: 10\n\n',
    events: [['message', 'YHOO\n+2\n10', '']],
  },
  {
    name: 'comment, id, empty id, leading space',
    source: `${interpreting}, example`,
    input: ': test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n',
    events: [
      ['message', 'first event', '1'],
      ['message', 'second event', ''],
      ['message', ' third event', ''],
    ],
    comments: ['test stream'],
    ids: ['1', ''],
  },
  {
    name: 'empty data lines, and an unfinished block',
    source: `${interpreting}, example`,
    input: 'data\n\ndata\ndata\n\ndata:',
    events: [
      ['message', '', ''],
      ['message', '\n', ''],
    ],
  },
  {
    name: 'the space is optional',
    source: `${interpreting}, example`,
    input: 'data:test\n\ndata: test\n\n',
    events: [
      ['message', 'test', ''],
      ['message', 'test', ''],
    ],
  },
  { name: 'only one space is removed', source: interpreting, input: 'data:   x\n\n', events: [['message', '  x', '']] },
  { name: 'a tab is no space', source: interpreting, input: 'data:\tx\n\n', events: [['message', '\tx', '']] },
  {
    name: 'CR alone ends lines, and the last event is not withheld',
    source: parsing,
    input: 'data: a\rdata: b\r\rdata: c\r\r',
    events: [
      ['message', 'a\nb', ''],
      ['message', 'c', ''],
    ],
  },
  {
    name: 'CRLF ends lines',
    source: parsing,
    input: 'data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n',
    events: [
      ['message', 'a\nb', ''],
      ['message', 'c', ''],
    ],
  },
  {
    name: 'line ends mixed',
    source: parsing,
    input: 'data: a\rdata: b\ndata: c\r\n\ndata: d\n\rdata: e\n\r\n',
    events: [
      ['message', 'a\nb\nc', ''],
      ['message', 'd', ''],
      ['message', 'e', ''],
    ],
  },
  {
    name: 'LF CR is two line ends',
    source: parsing,
    input: 'data: a\n\rdata: b\r\r\n',
    events: [
      ['message', 'a', ''],
      ['message', 'b', ''],
    ],
  },
  { name: 'one BOM is ignored', source: parsing, input: '\uFEFFdata: a\n\n', events: [['message', 'a', '']] },
  {
    name: 'a second BOM is part of the field name',
    source: parsing,
    input: '\uFEFF\uFEFFdata: a\n\ndata: b\n\n',
    events: [['message', 'b', '']],
  },
  {
    name: 'a BOM later is data',
    source: parsing,
    input: 'data: a\n\n\uFEFFdata: b\n\ndata: \uFEFFc\n\n',
    events: [
      ['message', 'a', ''],
      ['message', '\uFEFFc', ''],
    ],
  },
  { name: 'a BOM only', source: parsing, input: '\uFEFF', events: [] },
  { name: 'an empty stream', source: parsing, input: '', events: [] },
  {
    name: 'an unfinished block is discarded',
    source: interpreting,
    input: 'data: a\n\nid: 2\nevent: x\ndata: b\n',
    events: [['message', 'a', '']],
    lastEventId: '',
  },
  {
    name: 'an unfinished line is discarded',
    source: interpreting,
    input: 'data: a\n\ndata: b',
    events: [['message', 'a', '']],
  },
  {
    name: 'event types',
    source: interpreting,
    input: 'event: add\ndata: 1\n\nevent:remove\ndata: 2\n\ndata: 3\n\n',
    events: [
      ['add', '1', ''],
      ['remove', '2', ''],
      ['message', '3', ''],
    ],
  },
  {
    name: 'an event type without value resets it',
    source: interpreting,
    input: 'event: a\nevent:\ndata: 1\n\nevent: b\nevent\ndata: 2\n\n',
    events: [
      ['message', '1', ''],
      ['message', '2', ''],
    ],
  },
  {
    name: 'the last event type wins',
    source: interpreting,
    input: 'event: a\nevent: b\ndata: 1\n\n',
    events: [['b', '1', '']],
  },
  {
    name: 'no data: the type is forgotten',
    source: interpreting,
    input: 'event: a\n\ndata: 1\n\n',
    events: [['message', '1', '']],
  },
  {
    name: 'an id stays',
    source: interpreting,
    input: 'id: 7\ndata: a\n\ndata: b\n\n',
    events: [
      ['message', 'a', '7'],
      ['message', 'b', '7'],
    ],
    ids: ['7'],
  },
  {
    name: 'an id without data is set',
    source: interpreting,
    input: 'id: 7\n\ndata: b\n\n',
    events: [['message', 'b', '7']],
    ids: ['7'],
    checkpoints: ['7'],
    lastEventId: '7',
  },
  {
    name: 'an id with NUL is ignored',
    source: interpreting,
    input: 'id: 7\n\nid: 8\0\ndata: b\n\n',
    events: [['message', 'b', '7']],
    ids: ['7'],
    checkpoints: ['7'],
  },
  {
    name: 'an id of two lines: the last one',
    source: interpreting,
    input: 'id: 7\nid: 8\ndata: b\n\n',
    events: [['message', 'b', '8']],
    ids: ['8'],
  },
  {
    name: 'a valid id before one with NUL',
    source: interpreting,
    input: 'id: 7\nid: \0\ndata: b\n\n',
    events: [['message', 'b', '7']],
    ids: ['7'],
  },
  {
    name: 'an id keeps its spaces',
    source: interpreting,
    input: 'id:  7 \ndata: b\n\n',
    events: [['message', 'b', ' 7 ']],
    ids: [' 7 '],
  },
  {
    name: 'retry is digits only',
    source: interpreting,
    input:
      'retry: 10\nretry: 12x\nretry: -1\nretry: 1.5\nretry: +3\nretry:\nretry\nretry: ١\nretry:  4\nretry: 007\n\n',
    events: [],
    retry: [10, 7],
  },
  { name: 'retry counts at once', source: interpreting, input: 'retry: 10\n', events: [], retry: [10] },
  {
    name: 'fields without a colon, and unknown ones',
    source: interpreting,
    input: 'dat: 1\ndatas: 2\nData: 3\n data: 4\ndata : 5\nid2: 6\nfoo\n\ndata: b\n\n',
    events: [['message', 'b', '']],
  },
  {
    name: 'fields that differ from known ones in a character',
    source: interpreting,
    input:
      'xata: 1\ndxta: 2\ndaxa: 3\ndatx: 4\ndatax 5\nevents: 6\nevenx: 7\nex: 8\nidx: 9\nix: 1\nretryx: 2\n\ndata: b\n\n',
    events: [['message', 'b', '']],
  },
  {
    name: 'a colon in the value',
    source: interpreting,
    input: 'data: a: b\nevent: c:d\nid::\n\n',
    events: [['c:d', 'a: b', ':']],
    ids: [':'],
  },
  {
    name: 'comments',
    source: interpreting,
    input: ':\n: a\n:b\n:  c: d\ndata: x\n: e\n\n',
    events: [['message', 'x', '']],
    comments: ['', 'a', 'b', ' c: d', 'e'],
  },
  {
    name: 'blank lines dispatch nothing',
    source: interpreting,
    input: '\n\n\r\r\r\n\r\n\ndata: x\n\n\n\n',
    events: [['message', 'x', '']],
  },
  {
    name: 'NUL in data and type',
    source: interpreting,
    input: 'event: a\0\ndata: b\0c\n\n',
    events: [['a\0', 'b\0c', '']],
  },
  {
    name: 'other line separators are data',
    source: parsing,
    input: 'data: a\u0085b\u2028c\u2029d\u000be\u000cf\n\n',
    events: [['message', 'a\u0085b\u2028c\u2029d\u000be\u000cf', '']],
  },
  {
    name: 'UTF-8 of 2, 3 and 4 bytes',
    source: parsing,
    input: 'event: ü\nid: 日\ndata: é€😀\n\n',
    events: [['ü', 'é€😀', '日']],
    ids: ['日'],
  },
  {
    name: 'UTF-8 in a long line',
    source: parsing,
    input: `data: ${'é€😀'.repeat(100)}\n\n`,
    events: [['message', 'é€😀'.repeat(100), '']],
  },
  // "data: ", then bytes that are no UTF-8.
  {
    name: 'a stray continuation byte',
    source: 'Encoding, UTF-8 decoder',
    input: [100, 97, 116, 97, 58, 0x80, 97, 10, 10],
    events: [['message', '\uFFFDa', '']],
  },
  {
    name: 'a character cut short',
    source: 'Encoding, UTF-8 decoder',
    input: [100, 97, 116, 97, 58, 0xf0, 0x9f, 0x98, 97, 10, 10],
    events: [['message', '\uFFFDa', '']],
  },
  {
    name: 'a character cut by a line end',
    source: 'Encoding, UTF-8 decoder',
    input: [100, 97, 116, 97, 58, 0xe2, 0x82, 10, 10],
    events: [['message', '\uFFFD', '']],
  },
  {
    name: 'overlong and beyond',
    source: 'Encoding, UTF-8 decoder',
    input: [100, 97, 116, 97, 58, 0xc0, 0xaf, 0xe0, 0x80, 0xaf, 0xf5, 0x80, 0xff, 10, 10],
    events: [['message', '\uFFFD'.repeat(8), '']],
  },
  {
    name: 'an encoded surrogate',
    source: 'Encoding, UTF-8 decoder',
    input: [100, 97, 116, 97, 58, 0xed, 0xa0, 0x80, 10, 10],
    events: [['message', '\uFFFD\uFFFD\uFFFD', '']],
  },
]
