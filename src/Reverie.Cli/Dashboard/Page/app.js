// The frame of the page: list of runs, tabs, and the page that is open. A page is a module with `id`, `title` and
// `show(room)`, which fills an element and answers with a function that ends what it began.

import { element } from './dom.js';
import { connect } from './live.js';
import { showRuns } from './runs.js';
import { readAddress, store } from './store.js';
import ahead from './pages/ahead.js';
import curves from './pages/curves.js';
import dreams from './pages/dreams.js';
import episodes from './pages/episodes.js';
import machine from './pages/machine.js';
import play from './pages/play.js';
import settings from './pages/settings.js';

const pages = [curves, dreams, play, episodes, ahead, settings, machine];
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

document.getElementById('pages').append(...pages.map(page =>
  element('button', { 'data-page': page.id, onclick: () => store.open(page.id) }, page.title)));
readAddress();
showRuns(document.getElementById('runs'));
store.on('page', openPage);
store.on('chosen', connect);
connect();

// The page opens once it knows the runs.
const begin = store.on('runs', () => {
  begin();
  openPage();
});
