// Where a run was made: the machine, the versions, and the command.

import { ask, element, notice } from '../dom.js';
import { store } from '../store.js';

const words = {
  command: 'Command', started: 'Began', host: 'Machine', system: 'System', processor: 'Processor', cores: 'Cores',
  reverie: 'Reverie', dotnet: '.NET', libtorch: 'libtorch', gl: 'OpenGL', task: 'Task', agent: 'Agent', seed: 'Seed',
  presets: 'Presets',
};

export default {
  id: 'machine',
  title: 'Machine',

  show(room) {
    const ends = store.on('chosen', draw);
    draw();
    return ends;

    async function draw() {
      const runs = store.chosenRuns();
      const tables = await Promise.all(runs.map(run => table(run.id)));
      room.replaceChildren(...tables);
      if (runs.length === 0) room.append(notice('Choose a run at the left.'));
    }
  },
};

async function table(id) {
  let facts;
  try {
    facts = await ask('machine', { run: id });
  } catch (fault) {
    return notice(fault.message);
  }
  const rows = Object.entries(words).filter(([name]) => facts.machine?.[name] !== undefined).map(([name, word]) =>
    element('tr', {}, element('th', {}, word), element('td', { class: name === 'command' ? 'code' : '' }, say(name, facts.machine[name]))));
  if (facts.damage) rows.unshift(element('tr', {}, element('th', {}, 'Damaged'), element('td', {}, facts.damage)));
  if (facts.machine && facts.machine.command === undefined)
    rows.unshift(element('tr', {}, element('th', {}, 'Command'), element('td', { class: 'faint' }, 'not recorded by the version that began this run')));
  return element('section', {},
    element('h2', {}, id),
    facts.machine ? element('table', { class: 'facts' }, ...rows) : notice(facts.damage ?? 'run.json is missing'));
}

function say(name, value) {
  if (name === 'gl' && value) return `${value.library}: ${value.renderer}, ${value.version}`;
  if (name === 'command') return value.map(quoted).join(' ').replace(/^reverie-cli /, './reverie ');
  return Array.isArray(value) ? value.join(', ') : String(value ?? '–');
}

const quoted = word => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
