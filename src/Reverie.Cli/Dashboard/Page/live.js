// The connection to the server: one stream of events for the list of runs and for what the chosen runs measure.

import { store } from './store.js';

const pause = 3000; // milliseconds; a browser tries again by itself only where nobody answered at all

let stream = null;
let again = 0;

export function connect() {
  stream?.close();
  clearTimeout(again);
  const words = new URLSearchParams();
  for (const id of store.chosen) words.append('run', id);
  stream = new EventSource(`api/live?${words}`);
  stream.addEventListener('runs', event => takeRuns(JSON.parse(event.data)));
  stream.addEventListener('records', event => store.tell('records', JSON.parse(event.data)));
  stream.addEventListener('reload', event => store.tell('reload', JSON.parse(event.data)));
  stream.onopen = () => say('live', 'live');
  stream.onerror = event => {
    say('lost', 'no connection; trying again');
    if (event.target.readyState === EventSource.CLOSED && event.target === stream) again = setTimeout(connect, pause);
  };
}

// A stream that was broken off begins anew: what was missed is asked for.
function takeRuns({ path, first, changed, gone }) {
  store.folder = path;
  if (first) store.runs.clear();
  for (const run of changed) store.runs.set(run.id, run);
  for (const id of gone) store.runs.delete(id);
  if (first || changed.length > 0 || gone.length > 0) {
    store.runs = new Map([...store.runs].sort(([, a], [, b]) => a.changed < b.changed ? 1 : -1));
    store.tell('runs');
  }
  if (first) for (const id of store.chosen) store.tell('reload', { run: id });
}

function say(state, text) {
  const link = document.getElementById('link');
  [link.className, link.textContent] = [state, text];
}
