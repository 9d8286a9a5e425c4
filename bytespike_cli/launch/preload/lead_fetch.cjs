// Many clients have Google's address in their code. A call to it that carries the session token is for
// the shim, and for nobody else: the token is worth nothing at Google, which would be left with the
// prompt. A call with any other key, or with none, is not touched. Named in NODE_OPTIONS; the shim's
// address is in BYTESPIKE_LED_TO.
'use strict';
const GOOGLE = 'https://generativelanguage.googleapis.com/';
const TOKEN = /^(?:bearer )?bytespike-session-/i;
const HEADERS = ['x-goog-api-key', 'authorization'];

const shim = process.env.BYTESPIKE_LED_TO;
const { fetch } = globalThis;

function carriesToken(url, headers) {
  return [url.searchParams.get('key'), ...HEADERS.map((name) => headers.get(name))].some(
    (value) => TOKEN.test(value ?? ''),
  );
}

// What to fetch instead; what was given, where that is not for the shim.
function led(input, init) {
  const request = input instanceof Request;
  const address = request ? input.url : String(input);
  if (!address.startsWith(GOOGLE)) return input;
  if (!carriesToken(new URL(address), new Headers(init?.headers ?? (request ? input.headers : [])))) {
    return input;
  }
  const moved = `${shim}/${address.slice(GOOGLE.length)}`;
  return request ? new Request(moved, input) : moved;
}

if (shim && fetch) {
  globalThis.fetch = function (input, init) {
    let target = input;
    try {
      target = led(input, init);
    } catch {
      // fetch will say itself what is wrong with its arguments
    }
    return fetch.call(this, target, init);
  };
}
