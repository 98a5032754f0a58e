/** What a stranger might send: seeded, so that what breaks the server once breaks it again. */
export type Random = () => number

/** Mulberry32: small, fast, and the same on every machine. */
export function generator(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    const spread = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((spread ^ (spread >>> 14)) >>> 0) / 2 ** 32
  }
}

export const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
const below = (random: Random, end: number) => Math.floor(random() * end)
const garbage = (random: Random, bytes: number) => Buffer.from(Array.from({ length: bytes }, () => below(random, 256)))

export const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
export const deepObject = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)

const NAMES = ['error', 'connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']
const MORE_NAMES = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', '', 'log:ready', 'session:ended', 'x:x']
const COMMANDS = ['post:create', 'profile:get', 'friend:request', 'room:join', 'comment:list', 'session:start']

/** Payloads as JSON text, most of them not what any command takes. */
const PAYLOADS = [
  'null',
  '[]',
  '{}',
  '0',
  '-1',
  '1e999',
  '9007199254740993',
  'true',
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"userId":null}',
  '{"userId":{"$ne":null}}',
  '{"postId":["a","b"]}',
  '{"text":"\\udfff","clientId":"\\u0000"}',
  '{"_placeholder":true,"num":0}',
  '{"limit":1e308}',
  deep(30_000),
  `{"text":${deep(20_000)}}`,
  `{"media":[${deep(10_000)},${deep(10_000)}]}`,
  deepObject(10_000),
  `{${Array.from({ length: 3000 }, (_, i) => `"k${i}":0`).join()}}`,
  `[${'0,'.repeat(20_000)}0]`,
]
const IDS = ['', '', '0', '1', '1', '7', '007', '-1', '1.5', '1e3', '99999999999999999999999', '0x10', ' ']

const nameOf = (random: Random) => JSON.stringify(pick(random, [...NAMES, ...MORE_NAMES, ...COMMANDS]))

/** Each makes one frame. Between them they try every packet of engine.io and Socket.IO. */
const FRAMES: readonly ((random: Random) => string | Buffer)[] = [
  random => pick(random, ['', '0', '1', '2', '3', '4', '5', '6', '7', '9', 'b', 'x', '\0', '2probe', '3probe', '0{}']),
  random => `4${pick(random, ['', '7', '8', '9', 'a', '-', ' ', '{}', '[]', '\ud800', '0'.repeat(500)])}`,
  random => `40${pick(random, ['', '{"token":5}', 'null', '[]', '{', '"x"', '{"token":null}', '{"token":"a.b.c"}'])}`,
  random => `40${pick(random, [deepObject(10_000), `{"token":${deep(30_000)}}`, '{"__proto__":{"token":"x"}}'])}`,
  random => `40${pick(random, ['{"pid":"x","offset":"1"}', '{"token":"x","cursor":"0:0"}', '{"rooms":[null]}'])}`,
  random =>
    `4${below(random, 7)}${pick(random, ['/admin,', '/__proto__,', '/', '/,', `/${'n'.repeat(2000)},`, '/a?b,'])}{}`,
  random => `41${pick(random, ['', '', '[]', '/,', '{}', '0'])}`,
  random =>
    `42${pick(random, IDS)}${pick(random, ['', '[', '[]', '{}', 'null', '5', '[null]', '[{}]', '[[]]', '[true]', '["'])}`,
  random => `42${pick(random, IDS)}[${nameOf(random)},${pick(random, PAYLOADS)}]`,
  random => `42${pick(random, IDS)}[${nameOf(random)},${pick(random, PAYLOADS)},${pick(random, PAYLOADS)}]`,
  random => `42${pick(random, IDS)}[${pick(random, ['0', '-1', '1.5', '1e21', '1e999'])},${pick(random, PAYLOADS)}]`,
  random => `43${pick(random, IDS)}${pick(random, ['', '[]', '[null]', '["x"]', '{}', `[${deep(20_000)}]`])}`,
  random => `44${pick(random, ['', '"x"', '{}', '{"message":1}', '[]'])}`,
  random =>
    `4${pick(random, ['5', '6'])}${pick(random, ['', '-', '0-', '1-', '2-', '-1-', '1e3-', '999999-', '1.5-', 'x-'])}["x",{}]`,
  random =>
    `45${pick(random, ['1-', '2-'])}${pick(random, IDS)}["x:x",{"_placeholder":true,"num":${pick(random, ['0', '-1', '9', '"__proto__"', '1e9', 'null'])}}]`,
  () => `451-1["x:x",${deep(20_000)}]`,
  random => garbage(random, below(random, 200)),
  random => garbage(random, below(random, 200)).toString('latin1'),
  random => `42["x:x","${'\ud800'.repeat(below(random, 50))}\0"]`,
  random => (random() < 0.2 ? `42["x:x","${'a'.repeat(70_000)}"]` : 'bAAAA'),
  random => (random() < 0.2 ? `42["x:x",${deep(100_000)}]` : `42[${nameOf(random)}]`),
]

export const hostileFrame = (random: Random): string | Buffer => pick(random, FRAMES)(random)

const BODIES = [
  '',
  '{',
  '[]',
  'null',
  '"x"',
  '5',
  '{"phone":{}}',
  deep(30_000),
  deepObject(9000),
  'a=b',
  '\0',
  '{"a":1}}',
]
const TYPES = [
  'application/json',
  'application/json; charset=x',
  'text/plain',
  'multipart/form-data',
  '',
  '/',
  'application/json;',
]
const PATHS = [
  '/v1/auth/code',
  '/v1/auth/verify',
  '/v1/auth/refresh',
  '/v1/uploads',
  '/v1/auth/sign-out',
  '/health/ready',
]
const MORE_PATHS = [
  '/',
  '//',
  '/%',
  '/%00',
  '/%ff%fe',
  '/v1/%E0%A4%A',
  '*',
  '/v1/../metrics',
  '/socket.io/',
  '/?__proto__[x]=1',
]
const SOCKET_PATHS = [
  'transport=polling',
  'transport=websocket',
  'transport=__proto__',
  'transport=websocket&sid=x',
  'sid=__proto__',
]
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'BREW', 'PROPFIND']

const post = (path: string, type: string, body: string, more = '') =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${more}Connection: close\r\n\r\n${body}`

const upgrade = (query: string, headers: string) =>
  `GET /socket.io/?EIO=4&${query} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n`
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

/** Each makes the bytes of one HTTP connection. */
const REQUESTS: readonly ((random: Random) => string | Buffer)[] = [
  random => post(pick(random, PATHS), pick(random, TYPES), pick(random, BODIES)),
  random =>
    post(
      pick(random, PATHS),
      'application/json',
      '{}',
      `Authorization: Bearer ${garbage(random, 20).toString('hex')}\r\n`,
    ),
  random =>
    post(
      pick(random, PATHS),
      'application/json',
      '{}',
      `Authorization: ${pick(random, ['', 'Basic eA==', 'Bearer', 'Bearer a.b.c'])}\r\n`,
    ),
  random =>
    post(
      pick(random, PATHS),
      'application/json',
      '{}',
      `X-Forwarded-For: ${pick(random, [',', '::', 'x'.repeat(3000), '1.1.1.1,'])}\r\n`,
    ),
  random =>
    post(
      pick(random, PATHS),
      'application/json',
      '{}',
      `Content-Encoding: ${pick(random, ['gzip', 'br', 'x', 'deflate'])}\r\n`,
    ),
  random =>
    `${pick(random, METHODS)} ${pick(random, [...PATHS, ...MORE_PATHS])} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  random =>
    `${pick(random, METHODS)} /${'a'.repeat(pick(random, [2000, 7000, 20_000]))} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  random =>
    `GET / HTTP/1.1\r\nHost: x\r\n${'X-A: b\r\n'.repeat(pick(random, [150, 1000, 3000]))}Connection: close\r\n\r\n`,
  random =>
    `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'b'.repeat(pick(random, [5000, 9000, 60_000]))}\r\nConnection: close\r\n\r\n`,
  random =>
    `POST ${pick(random, PATHS)} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n${pick(random, ['zz\r\n', '5\r\n{', 'ffffffff\r\n', '-1\r\n', '2\r\n{}\r\n0\r\n\r\n', '2;a=b\r\n{}\r\n0\r\nX: y\r\n\r\n'])}`,
  random =>
    `POST ${pick(random, PATHS)} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n{}`,
  random =>
    `POST ${pick(random, PATHS)} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${pick(random, ['-1', '99999999999', 'x', '10'])}\r\n\r\n{}`,
  random => `CONNECT ${pick(random, ['x:443', '127.0.0.1:5432', '/'])} HTTP/1.1\r\nHost: x\r\n\r\n`,
  random =>
    pick(random, [
      '\r\n\r\n',
      'GET',
      'GET / HTTP/9.9\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      '\x16\x03\x01\x02\0',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    ]),
  random => garbage(random, below(random, 300)),
  random =>
    upgrade(
      pick(random, SOCKET_PATHS),
      pick(random, ['', KEY, `${KEY}Sec-WebSocket-Version: 13\r\n`, `${KEY}Sec-WebSocket-Version: 99\r\n`]),
    ),
  random =>
    upgrade(
      'transport=websocket',
      `${KEY}Sec-WebSocket-Version: 13\r\nOrigin: ${pick(random, ['null', 'http://evil.example', '\x01', 'x'.repeat(3000)])}\r\n`,
    ),
  random =>
    `${upgrade('transport=websocket', `${KEY}Sec-WebSocket-Version: 13\r\n`)}${garbage(random, 40).toString('latin1')}`,
  () => 'GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
]

export function hostileRequest(random: Random): Buffer {
  const bytes = pick(random, REQUESTS)(random)
  return typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes
}
