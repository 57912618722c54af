// One dream: its socket, its settings, its pictures. Messages and frames are described in Dashboard/Play/PlayMessage.cs
// and PlayFrames.cs.

import { element, figure } from '../dom.js';
import { Controls } from './controls.js';
import { Pictures } from './pictures.js';
import { Plots } from './plots.js';

const utf8 = new TextDecoder();

export class Dream {
  constructor(run, room, reopen) {
    this.run = run;
    this.reopen = reopen;
    this.paused = true;
    this.decision = 0;
    this.times = []; // of the last frames, for their rate
    this.told = element('p', { class: 'play-told', role: 'status' }, `opening the model of ${run} …`);
    this.body = element('div', { class: 'play' });
    room.append(element('h2', {}, run), this.told, this.body);
    const address = new URL(`api/play?${new URLSearchParams({ run })}`, location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    this.socket = new WebSocket(address);
    this.socket.binaryType = 'arraybuffer';
    this.socket.onmessage = event => this.hear(event.data);
    this.socket.onclose = () => this.close();
  }

  end() {
    this.left = true;
    this.controls?.end();
    this.plots?.end();
    this.socket.close();
  }

  send(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  hear(data) {
    if (data instanceof ArrayBuffer) {
      this.show(data);
      return;
    }
    const message = JSON.parse(data);
    if (message.kind === 'session') this.open(message);
    else this.tell(message.message, true);
    if (message.kind === 'closed') this.reason = message.message;
  }

  close() {
    this.controls?.end();
    if (this.left) return;
    this.body.classList.add('ended');
    this.tell(this.reason ?? 'the connection is lost', true);
    this.told.append(' ', element('button', { onclick: this.reopen }, 'Open again'));
  }

  tell(text, isFault = false) {
    this.told.textContent = text;
    this.told.classList.toggle('fault', isFault);
  }

  open(session) {
    this.session = session;
    this.controls = new Controls(session.controls, action => this.send({ do: 'act', action }), () => this.touch(), {
      Space: () => this.send({ do: this.paused ? 'play' : 'pause' }),
      Period: () => this.send({ do: 'step' }),
      KeyR: () => this.reset(),
    });
    this.pictures = new Pictures(session.picture);
    this.plots = new Plots(session);
    this.figures = element('dl', { class: 'play-figures' });
    const { pictures, plots, controls } = this;
    this.body.replaceChildren(this.settings(), pictures.element, this.figures, plots.element, controls.element);
    this.plots.begin();
  }

  // Whoever touches the controls at the beginning wants to go.
  touch() {
    if (this.paused && this.decision === 0) this.send({ do: 'play' });
  }

  reset() {
    this.send({ do: 'reset', seed: Math.max(0, Math.floor(Number(this.seed.value))) || 0 });
  }

  settings() {
    const { controls, draws_latents: draws } = this.session;
    const button = (name, text, title, onclick) => element('button', { 'data-do': name, title, onclick }, text);
    const box = (name, text, title) => element('label', { title }, element('input', {
      type: 'checkbox', 'data-set': name, onchange: event => this.send({ do: 'set', [name]: event.target.checked }),
    }), text);
    this.go = button('play', 'Play', 'space', () => this.send({ do: this.paused ? 'play' : 'pause' }));
    this.seed = element('input', { type: 'number', min: '0', value: '1', 'aria-label': 'seed', class: 'play-seed' });
    const pace = value =>
      controls.has_time ? `${figure(value)}/s, ${figure(value / controls.rate)} × real time` : `${figure(value)}/s`;
    const rates = { min: 1, max: Math.max(60, 2 * controls.rate), step: 0.5, value: controls.rate };
    const temperatures = { min: 0.05, max: 3, step: 0.05, value: 1 };
    return element('div', { class: 'bar play-settings' },
      this.go,
      button('step', 'Step', 'one decision: .', () => this.send({ do: 'step' })),
      button('reset', 'Reset', 'begin anew from the seed: R', () => this.reset()),
      element('label', {}, 'seed ', this.seed),
      this.slider('rate', 'decisions', rates, pace),
      draws ? this.slider('temperature', 'temperature', temperatures, value => `τ ${value.toFixed(2)}`) : null,
      box('beside', 'environment beside', 'the real environment under the same actions'),
      box('eyes', 'open eyes', 'the model sees the environment, decision by decision'),
      box('policy', 'agent at the controls', 'the run’s own policy or planner acts in the dream'));
  }

  slider(name, text, attributes, say) {
    const value = element('output', {}, say(attributes.value));
    const range = element('input', { type: 'range', 'data-set': name });
    Object.assign(range, attributes);
    range.addEventListener('input', () => {
      value.textContent = say(range.valueAsNumber);
      this.send({ do: 'set', [name]: range.valueAsNumber });
    });
    range.addEventListener('pointerup', () => range.blur()); // so that the arrows go on playing
    return element('label', { class: 'play-slider' }, text, range, value);
  }

  show(data) {
    const length = new DataView(data).getInt32(0, true);
    const frame = JSON.parse(utf8.decode(new Uint8Array(data, 4, length)));
    if (frame.decision === 0) this.plots.clear();
    this.paused = frame.paused;
    this.decision = frame.decision;
    this.go.textContent = frame.paused ? 'Play' : 'Pause';
    this.pictures.show(frame, new Uint8Array(data, 4 + length));
    this.plots.add(frame);
    this.controls.shown(frame.action);
    this.body.dataset.decision = frame.decision;
    this.body.dataset.action = frame.action;
    this.tell(this.say(frame));
    this.write(frame);
  }

  say(frame) {
    if (frame.over) return 'The model believes that the episode is over. R begins anew.';
    if (frame.decision === 0)
      return `Press a key, or Play. The model sees the first ${this.session.context} rows, then it dreams on.`;
    const end = frame.real_end ? ` The environment’s episode ended at decision ${frame.real_end}.` : '';
    return (frame.seen ? 'The model sees this.' : 'Dreaming: nothing is looked at.') + end;
  }

  write(frame) {
    const now = performance.now();
    if (frame.decision === 0 || this.wasPaused) this.times = [];
    this.wasPaused = frame.paused;
    this.times = [...this.times.filter(time => now - time < 2000), now];
    const rate = this.times.length > 2 ? 1000 * (this.times.length - 1) / (now - this.times[0]) : null;
    const { predicts_reward: predicts } = this.session;
    const rows = [
      ['decision', frame.decision],
      ['expected reward', predicts ? figure(frame.reward) : null],
      ['expected return', predicts ? figure(frame.return) : null],
      ['goes on', frame.continue === null ? null : `${(100 * frame.continue).toFixed(0)} %`],
      [`latent ${frame.latent_spread_of}`, frame.latent_spread === null ? null : figure(frame.latent_spread)],
      ['spread of samples', figure(frame.picture_spread)],
      ['reward', frame.real && figure(frame.real.reward)],
      ['return', frame.real && figure(frame.real.return)],
      ['pixel error', frame.real && figure(frame.real.error)],
      ['mean pixel error', frame.real && figure(this.plots.meanError)],
      ['pictures/s', rate && rate.toFixed(1)],
      ['computed in', `${figure(frame.milliseconds)} ms`],
    ];
    const known = rows.filter(([, value]) => value !== null && value !== undefined);
    this.figures.replaceChildren(...known.map(([name, value]) =>
      element('div', {}, element('dt', {}, name), element('dd', { 'data-figure': name }, `${value}`))));
  }
}
