// The frame of the page: list of runs, tabs, and the page that is open. A page is a module with `id`, `title` and
// `show(room)`, which fills an element and answers with a function that ends what it began.

import { ask, element } from './dom.js';
import { showRuns } from './runs.js';
import { readAddress, store } from './store.js';
import machine from './pages/machine.js';

const pages = [machine];
const room = document.getElementById('page');
let leave = () => {};

function openPage() {
  leave();
  const page = pages.find(one => one.id === store.page) ?? pages[0];
  for (const tab of document.querySelectorAll('#pages button')) tab.classList.toggle('open', tab.dataset.page === page.id);
  room.replaceChildren();
  room.dataset.page = page.id;
  leave = page.show(room) ?? (() => {});
}

async function refresh() {
  const link = document.getElementById('link');
  try {
    const { path, runs } = await ask('runs');
    store.folder = path;
    store.runs = new Map(runs.map(run => [run.id, run]));
    store.tell('runs');
    link.textContent = 'live';
    link.className = 'live';
  } catch (fault) {
    link.textContent = `no connection: ${fault.message}`;
    link.className = 'lost';
  }
}

document.getElementById('pages').append(...pages.map(page =>
  element('button', { 'data-page': page.id, onclick: () => store.open(page.id) }, page.title)));
readAddress();
showRuns(document.getElementById('runs'));
store.on('page', openPage);
await refresh();
openPage();
setInterval(refresh, 3000);
