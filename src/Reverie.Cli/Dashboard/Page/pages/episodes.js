// Episodes to play: those of evaluations, and those that the agent was trained on.

import { ask, count, element, figure, notice } from '../dom.js';
import { Film, Strip } from '../film.js';
import { perRun } from '../perrun.js';

export default {
  id: 'episodes',
  title: 'Episodes',

  show(room) {
    return perRun(room, fill);
  },
};

async function fill(section, id) {
  const { evaluations, episodes } = await ask('evaluations', { run: id });
  const tests = evaluations.filter(one => one.episode).reverse();
  const size = `${tests.length} ${episodes.length}`;
  if (section.dataset.size === size) return;
  section.dataset.size = size;
  const stage = element('div', { class: 'stage' });
  const select = element('select', { 'aria-label': 'episode', onchange: play },
    element('optgroup', { label: 'test episodes' }, ...tests.map(one => element('option', { value: `at=${one.at}` }, `after ${count(one.updates)} updates${one.task ? `, ${one.task}` : ''}`))),
    element('optgroup', { label: 'training episodes' }, ...episodes.map(one => element('option', { value: `file=${one.name}` }, `episode ${one.number}, ${one.decisions} decisions`))));
  section.replaceChildren(element('h2', {}, id));
  if (select.options.length === 0) {
    section.append(notice('No episode yet.'));
    return;
  }
  section.append(element('div', { class: 'bar' }, select), stage);
  await play();

  async function play() {
    const words = { run: id, ...Object.fromEntries(new URLSearchParams(select.value)) };
    let episode;
    try {
      episode = await ask('episode', words);
    } catch (fault) {
      stage.replaceChildren(notice(fault.message));
      return;
    }
    let sum = 0;
    const so = episode.reward.map(reward => sum += reward);
    const strips = [new Strip('return so far', so), new Strip('reward', episode.reward),
      ...(episode.actions[0] ?? []).slice(0, 8).map((_, a) => new Strip(episode.action_names[a] ?? `action ${a + 1}`, episode.actions.map(action => action[a])))];
    stage.replaceChildren(element('p', {}, `return ${figure(episode.return)} in ${count(episode.rows - 1)} decisions, ${episode.is_terminal ? 'it ended' : 'the time ended'}`));
    const told = frame => { for (const strip of strips) strip.show(frame); };
    if (episode.height)
      stage.append(new Film({ source: `api/episode.png?${new URLSearchParams(words)}`, frames: episode.rows, height: episode.height, width: episode.width, titles: ['seen'], told }).box);
    stage.append(...strips.map(strip => strip.box));
  }
}
