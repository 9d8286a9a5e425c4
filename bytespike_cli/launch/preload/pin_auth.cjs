// A project's .gemini/settings.json outranks the user's. Where it chooses another way to sign in, the
// client would leave for Google with the user's prompt; so the client reads that one file with the
// choice changed, and writes it back with the project's own. Started with --require; the path of the
// file is in BYTESPIKE_PINNED_SETTINGS.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { syncBuiltinESMExports } = require('node:module');

const pinned = process.env.BYTESPIKE_PINNED_SETTINGS;
const choice = ['security', 'auth', 'selectedType'];
const ours = '"gemini-api-key"';

// Where the value at a path of names stands in JSON with comments: [start, end], or null.
function find(text, names) {
  let at = 0;
  let found = null;
  const token = /(?:\s+|\/\/[^\n]*|\/\*[^]*?\*\/)*(?:("(?:[^"\\]|\\.)*")|([{}[\],:])|([^\s{}[\],:"/]+))/y;
  const next = () => {
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null) throw new SyntaxError('not JSON');
    at = token.lastIndex;
    return match[1] ?? match[2] ?? match[3];
  };
  // `rest`: the names below this value that lead to the choice; null where none does.
  const value = (rest) => {
    const first = next();
    if (first === '{') {
      for (let name = next(); name !== '}'; name = next()) {
        if (name === ',') continue;
        next();
        value(rest !== null && rest.length > 0 && JSON.parse(name) === rest[0] ? rest.slice(1) : null);
      }
    } else if (first === '[') {
      for (let before = at, item = next(); item !== ']'; before = at, item = next()) {
        if (item === ',') continue;
        at = before;
        value(null);
      }
    } else if (rest !== null && rest.length === 0) {
      found = [at - first.length, at];
    }
  };
  value(names);
  return found;
}

let theirs = null;

function replaced(text, change) {
  try {
    const span = find(text, choice);
    if (span === null) return text;
    return text.slice(0, span[0]) + change(text.slice(...span)) + text.slice(span[1]);
  } catch {
    return text; // the client will say itself what is wrong with it
  }
}

const isPinned = (file) => typeof file === 'string' && path.resolve(file) === pinned;
const { readFileSync, writeFileSync } = fs;

fs.readFileSync = function (file, ...rest) {
  const content = readFileSync.call(this, file, ...rest);
  if (!isPinned(file) || typeof content !== 'string') return content;
  return replaced(content, (value) => {
    theirs = value;
    return ours;
  });
};

fs.writeFileSync = function (file, content, ...rest) {
  if (isPinned(file) && theirs !== null && typeof content === 'string') {
    content = replaced(content, (value) => (value === ours ? theirs : value));
  }
  return writeFileSync.call(this, file, content, ...rest);
};

syncBuiltinESMExports();
