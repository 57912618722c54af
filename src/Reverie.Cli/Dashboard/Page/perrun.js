// A page that has a section for each chosen run, filled by `fill(section, id)` and filled anew when the run has been
// evaluated again. `fill` answers with what it shows of the run's files, or throws what the server said.

import { element, notice } from './dom.js';
import { store } from './store.js';

const most = 6; // sections at once; films of more would not be looked at

export function perRun(room, fill) {
  const sections = new Map();
  const ends = [store.on('chosen', choose), store.on('records', ({ run, records }) => {
    if (records.some(record => record.kind === 'evaluation')) setTimeout(() => refill(run), 1500); // files come after the line
  })];
  choose();
  return () => { for (const end of ends) end(); };

  function choose() {
    const ids = store.chosenRuns().map(run => run.id).slice(0, most);
    for (const [id, section] of [...sections]) if (!ids.includes(id)) { section.remove(); sections.delete(id); }
    for (const id of ids) {
      if (sections.has(id)) continue;
      sections.set(id, element('section', { 'data-run': id }));
      room.append(sections.get(id));
      refill(id);
    }
    for (const old of room.querySelectorAll(':scope > .notice')) old.remove();
    if (ids.length === 0) room.prepend(notice('Choose a run at the left.'));
  }

  async function refill(id) {
    const section = sections.get(id);
    if (!section) return;
    try {
      await fill(section, id);
    } catch (fault) {
      section.replaceChildren(element('h2', {}, id), notice(fault.message));
    }
  }
}
