// What the page knows: the runs, which of them are chosen, and which page is open. The address bar says the last two, so
// that a page can be kept as a bookmark.

const listeners = new Map();

export const store = {
  folder: '',
  runs: new Map(), // id → summary, as /api/runs gives it
  chosen: new Set(), // ids whose box is ticked
  page: 'curves',

  // Calls `listener` when `topic` ('runs', 'chosen', 'page', 'records') changes; the answer ends that.
  on(topic, listener) {
    if (!listeners.has(topic)) listeners.set(topic, new Set());
    listeners.get(topic).add(listener);
    return () => listeners.get(topic).delete(listener);
  },

  tell(topic, detail) {
    for (const listener of [...(listeners.get(topic) ?? [])]) listener(detail);
  },

  choose(ids) {
    this.chosen = new Set(ids);
    writeAddress();
    this.tell('chosen');
  },

  open(page) {
    if (page === this.page) return;
    this.page = page;
    writeAddress();
    this.tell('page');
  },

  // Chosen runs that are there, in the order of the list.
  chosenRuns() {
    return [...this.runs.values()].filter(run => this.chosen.has(run.id));
  },
};

export function readAddress() {
  const words = new URLSearchParams(location.hash.slice(1));
  store.page = words.get('page') ?? store.page;
  store.chosen = new Set(words.getAll('run'));
}

function writeAddress() {
  const words = new URLSearchParams({ page: store.page });
  for (const id of store.chosen) words.append('run', id);
  history.replaceState(null, '', `#${words}`);
}
