// What a person does: keys, sliders or buttons, a gamepad. The last one that is touched counts.

import { element, figure } from '../dom.js';

const deadZone = 0.15;
const words = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };
const mostButtons = 30;
// Buttons of a standard gamepad that stand for keys: the cross, then A, B, X, Y.
const padKeys = {
  12: 'ArrowUp', 13: 'ArrowDown', 14: 'ArrowLeft', 15: 'ArrowRight', 0: 'Digit0', 1: 'Digit1', 2: 'Digit2', 3: 'Digit3',
};

export class Controls {
  // send(action) when it changes; touch() when somebody acts; commands: functions by key.
  constructor(controls, send, touch, commands) {
    Object.assign(this, { ...controls, send, touch, commands });
    this.base = this.entries.map(entry => entry.idle); // what sliders say
    this.held = new Set(); // keys that are down
    this.fresh = new Set(); // of them those that no frame has seen yet
    this.released = new Set(); // let go before a frame saw them
    this.pad = null;
    this.follow = []; // what sliders show
    this.codes = new Set(this.keys.map(key => key.code));
    this.current = [...this.base]; // what was sent last
    const listen = (name, listener) => {
      window.addEventListener(name, listener);
      return () => window.removeEventListener(name, listener);
    };
    this.listeners = [
      listen('keydown', event => this.down(event)),
      listen('keyup', event => this.up(event.code)),
      listen('blur', () => this.letGo()),
    ];
    this.polling = setInterval(() => this.readPad(), 16);
    this.pressed = {}; // by group, the choice that is held with a pointer
    this.rows = this.groups.flatMap(group => group.is_choice ? this.buttons(group) : this.sliders(group));
    const title = element('h3', {}, 'Controls');
    this.element = element('section', { class: 'play-controls' }, title, ...this.rows, this.help());
  }

  end() {
    for (const stop of this.listeners) stop();
    clearInterval(this.polling);
  }

  down(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || takesKeys(event.target)) return;
    const command = this.commands[event.code];
    if (!command && !this.codes.has(event.code)) return;
    if (command && event.target instanceof HTMLButtonElement && event.code === 'Space') return; // it presses the button
    event.preventDefault();
    if (event.repeat) return;
    if (command) command();
    else this.press(event.code);
  }

  press(code) {
    this.released.delete(code);
    this.held.add(code);
    this.fresh.add(code);
    this.pad = null;
    this.touch();
    this.change();
  }

  // A tap that is shorter than a decision counts for one.
  up(code) {
    if (!this.held.has(code)) return;
    if (this.fresh.has(code)) this.released.add(code);
    else this.held.delete(code);
    this.change();
  }

  letGo() {
    for (const code of [...this.held]) this.up(code);
  }

  // A frame came: its action is what was done.
  shown(action) {
    this.fresh.clear();
    for (const code of this.released) this.held.delete(code);
    if (this.released.size > 0) this.change();
    this.released.clear();
    if (action.length > 0) this.mark(action);
  }

  action() {
    const effects = this.keys.filter(key => this.held.has(key.code));
    const action = [...(this.pad ?? this.base)];
    for (const group of this.groups.filter(one => one.is_choice)) {
      const inside = ({ index }) => index >= group.start && index < group.start + group.size;
      const codes = this.keys.filter(inside).map(key => key.code);
      const latest = [...this.held].filter(code => codes.includes(code)).at(-1);
      const index = this.keys.find(key => key.code === latest && inside(key))?.index
        ?? this.pressed[group.start] ?? this.base.indexOf(1, group.start);
      for (let i = group.start; i < group.start + group.size; i++) action[i] = i === index ? 1 : 0;
    }
    for (const { index } of effects) {
      if (this.isChoice(index)) continue;
      const both = effects.filter(key => key.index === index);
      action[index] = both.length > 1 ? this.base[index] : both[0].value;
    }
    return action;
  }

  change() {
    const next = this.action();
    if (next.every((value, i) => value === this.current[i])) return;
    this.current = next;
    this.send(next);
  }

  readPad() {
    const pad = [...(navigator.getGamepads?.() ?? [])].find(one => one?.connected);
    if (!pad) return;
    for (const [button, code] of Object.entries(padKeys)) {
      if (!this.codes.has(code)) continue;
      const isDown = pad.buttons[button]?.pressed ?? false;
      if (isDown && !this.held.has(code)) this.press(code);
      else if (!isDown && this.padDown?.has(code)) this.up(code);
      this.padDown ??= new Set();
      if (isDown) this.padDown.add(code); else this.padDown.delete(code);
    }
    if (this.groups.every(group => group.is_choice)) return;
    const sticks = [pad.axes[0] ?? 0, -(pad.axes[1] ?? 0), pad.axes[2] ?? 0, -(pad.axes[3] ?? 0)];
    const triggers = [pad.buttons[7]?.value ?? 0, pad.buttons[6]?.value ?? 0];
    if (!this.pad && ![...sticks, ...triggers].some(value => Math.abs(value) > deadZone)) return;
    if (!this.pad) this.touch();
    this.pad = this.entries.map((entry, i) => {
      if (this.isChoice(i)) return this.base[i];
      const isOneSided = entry.own_low >= 0;
      const value = (isOneSided ? triggers : sticks).splice(0, 1)[0];
      if (value === undefined || Math.abs(value) < deadZone) return this.base[i];
      if (isOneSided) return entry.low + value * (entry.high - entry.low);
      return value > 0 ? value * entry.high : -value * entry.low;
    });
    this.change();
  }

  isChoice(index) {
    return this.groups.some(group => group.is_choice && index >= group.start && index < group.start + group.size);
  }

  sliders({ start, size }) {
    const bound = value => element('span', { class: 'faint' }, figure(value));
    return this.entries.slice(start, start + size).map((entry, place) => {
      const i = start + place;
      const scale = (entry.own_high - entry.own_low) / (entry.high - entry.low);
      const own = value => entry.own_low + (value - entry.low) * scale;
      const output = element('output', {}, figure(own(entry.idle)));
      const range = element('input', { type: 'range', 'data-action': `${i}`, 'aria-label': entry.name });
      Object.assign(range, { min: entry.low, max: entry.high, step: 'any', value: entry.idle });
      range.addEventListener('input', () => {
        this.base[i] = range.valueAsNumber;
        this.pad = null;
        output.textContent = figure(own(this.base[i]));
        this.change();
      });
      range.addEventListener('pointerup', () => range.blur());
      const rest = element('button', { title: 'back to rest', onclick: () => {
        range.value = entry.idle;
        range.dispatchEvent(new Event('input'));
      } }, '0');
      // The slider follows what is done, by whomever, unless somebody moves it.
      this.follow.push(action => {
        const value = action[i];
        if (document.activeElement === range) return;
        range.value = value;
        output.textContent = figure(own(value));
      });
      return element('div', { class: 'play-action' }, element('span', {}, entry.name),
        bound(entry.own_low), range, bound(entry.own_high), output, rest);
    });
  }

  buttons({ start, size }) {
    const hold = index => {
      this.pressed[start] = index;
      this.touch();
      this.change();
    };
    const entries = this.entries.slice(start, start + Math.min(size, mostButtons));
    const rows = entries.map((entry, place) => [entry, start + place]).map(([entry, i]) => element('button', {
      'data-action': `${i}`, onpointerdown: () => hold(i), onpointerup: () => hold(undefined),
      onpointerleave: () => this.pressed[start] === i && hold(undefined),
    }, entry.name));
    return [element('div', { class: 'bar play-choices' }, ...rows)];
  }

  mark(action) {
    for (const button of this.element.querySelectorAll('button[data-action]'))
      button.classList.toggle('done', action[button.dataset.action] === 1);
    this.follow.forEach(show => show(action));
  }

  help() {
    const parts = this.entries.map((entry, i) => {
      const codes = this.keys.filter(key => key.index === i).map(({ code }) =>
        words[code] ?? code.replace(/^(Key|Digit)/, ''));
      return codes.length > 0 ? `${codes.join(' ')}: ${entry.name}` : null;
    }).filter(part => part);
    return element('p', { class: 'faint' }, [...parts, 'space: play or pause', '. one decision', 'R: reset',
      'a gamepad’s sticks and triggers move what they can'].join(' · '));
  }
}

function takesKeys(target) {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
    || (target instanceof HTMLInputElement && !['checkbox', 'button'].includes(target.type));
}
