// Altogic's official client, told what to do by lines of JSON on stdin; each is answered by one line on stdout.
//   {"client": name, "create": [url, key, options], "stored": {...}}   makes a client, with a local storage of its own
//   {"client": name, "steps": [["db"], ["model", "users"], ...]}       walks properties and calls; awaits the last
// STOCK=1 runs the package exactly as Node gets it. Without, fetch is Node's own, which can send Blobs and forms.
'use strict';

const PATIENCE = 10_000; // milliseconds until a promise counts as never settling

if (!process.env.STOCK) {
  const id = require.resolve('cross-fetch');
  const stub = new (require('module'))(id);
  const fetched = (...given) => globalThis.fetch(...given);
  fetched.default = fetched.fetch = fetched;
  stub.loaded = true;
  stub.exports = fetched;
  require.cache[id] = stub;
}
globalThis.File ??= require('buffer').File;
const { createClient } = require('altogic');

const clients = new Map();
const unhandled = [];
process.on('unhandledRejection', (error) => unhandled.push(String(error)));

class Storage {
  constructor(items) {
    this.items = new Map(Object.entries(items).map(([key, value]) => [key, JSON.stringify(value)]));
  }
  getItem(key) { return this.items.get(key) ?? null; }
  setItem(key, value) { this.items.set(key, String(value)); }
  removeItem(key) { this.items.delete(key); }
}

// What JSON cannot say: {"$": "Buffer", "base64": ...}
const REVIVED = {
  Buffer: ({ base64 }) => Buffer.from(base64, 'base64'),
  Uint8Array: ({ base64 }) => new Uint8Array(Buffer.from(base64, 'base64')),
  ArrayBuffer: ({ base64 }) => new Uint8Array(Buffer.from(base64, 'base64')).buffer,
  Blob: ({ base64, type }) => new Blob([Buffer.from(base64, 'base64')], { type }),
  File: ({ base64, type, name }) => new File([Buffer.from(base64, 'base64')], name, { type }),
  FormData: (given) => {
    const form = new FormData();
    form.append('anything', REVIVED.File(given));
    return form;
  },
  Response: () => {
    const headers = new Map();
    return { getHeader: (name) => headers.get(name), setHeader: (name, value) => headers.set(name, value) };
  },
  undefined: () => undefined,
};

function revived(value) {
  if (Array.isArray(value)) return value.map(revived);
  if (value === null || typeof value !== 'object') return value;
  if ('$' in value) return REVIVED[value.$](value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revived(item)]));
}

async function told(value) {
  if (value instanceof Blob) {
    return { type: value.type, base64: Buffer.from(await value.arrayBuffer()).toString('base64') };
  }
  if (value && value.data instanceof Blob) return { ...value, data: await told(value.data) };
  return value;
}

async function obey({ client: name, create, stored, steps }) {
  if (create) {
    const [url, key, options] = create;
    const localStorage = stored === null ? undefined : new Storage(stored ?? {});
    clients.set(name, createClient(url, key, { localStorage, ...options }));
    return { outcome: 'returned', value: null, ...local(clients.get(name)) };
  }
  const client = clients.get(name);
  const outcome = await Promise.race([walked(client, steps), silence()]);
  await new Promise(setImmediate); // time for rejections that nobody handles
  return { ...outcome, ...local(client) };
}

async function walked(client, steps) {
  try {
    let value = client;
    for (const [step, ...given] of steps) {
      value = typeof value[step] === 'function' ? value[step](...given.map(revived)) : value[step];
    }
    return { outcome: 'returned', value: (await told(await value)) ?? null };
  } catch (error) {
    return { outcome: 'threw', value: `${error.name}: ${error.message}` };
  }
}

function silence() {
  return new Promise((resolve) => setTimeout(resolve, PATIENCE, { outcome: 'never settled' }).unref());
}

function local(client) {
  const { auth } = client;
  return {
    session: auth.getSession(),
    user: auth.getUser(),
    header: auth.fetcher.getSessionToken() ?? null,
    unhandled: unhandled.splice(0),
  };
}

const lines = require('readline').createInterface({ input: process.stdin });
let queue = Promise.resolve();
lines.on('line', (line) => {
  queue = queue
    .then(() => obey(JSON.parse(line)))
    .catch((error) => ({ outcome: 'broke', value: String(error.stack) }))
    .then((answer) => process.stdout.write(`${JSON.stringify(answer)}\n`));
});
