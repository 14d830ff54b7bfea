// The message box: plain words are said, what begins with a slash is a command.

import { make } from './mrkdwn.js';
import { runShortcut } from './shortcuts.js';

const $ = (id) => document.getElementById(id);

// What people may type after the command, and what it does.
const WORDS = [
  ['today', 'What is on your plate today'], ['week', 'The week ahead'], ['year', 'Your year, and your calendar'], ['status', 'How you are doing'],
  ['away', 'Days on which to be left alone'], ['settings', 'How often, when and where'], ['help', 'What you can ask'],
];
let where = { command: '/onbeat', channel: null };

function fit(draft) {
  draft.style.height = 'auto';
  draft.style.height = `${Math.min(draft.scrollHeight, 180)}px`;
  $('composer').querySelector('.send').disabled = !draft.value.trim();
}

function suggest(draft) {
  const list = $('suggestions');
  const text = draft.value.trimStart();
  const typed = text.startsWith('/') ? text : null;
  const matching = typed === null ? [] : WORDS.filter(([word]) => `${where.command} ${word}`.startsWith(typed) && `${where.command} ${word}` !== typed.trim());
  list.hidden = !matching.length;
  list.replaceChildren(...matching.map(([word, what]) => {
    const item = make('li', { role: 'option', tabindex: -1, 'data-suggestion': word, 'aria-selected': 'false' }, make('b', {}, `${where.command} ${word}`), make('span', {}, what));
    item.addEventListener('mousedown', (event) => {
      event.preventDefault();
      draft.value = `${where.command} ${word}`;
      fit(draft);
      suggest(draft);
    });
    return item;
  }));
}

// Arrow keys walk through the suggestions, Tab or Enter takes the one that is lit.
function onKey(event, draft, form) {
  const items = [...$('suggestions').children];
  const lit = items.findIndex((item) => item.ariaSelected === 'true');
  const open = !$('suggestions').hidden && items.length;
  if (open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
    event.preventDefault();
    const to = (lit + (event.key === 'ArrowDown' ? 1 : items.length - (lit < 0 ? 0 : 1)) + items.length) % items.length;
    items.forEach((item, i) => { item.ariaSelected = String(i === to); });
  } else if (open && (event.key === 'Tab' || event.key === 'Enter') && lit >= 0) {
    event.preventDefault();
    items[lit].dispatchEvent(new MouseEvent('mousedown'));
  } else if (event.key === 'Escape') {
    $('suggestions').hidden = true;
  } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
}

async function send(tools) {
  const draft = $('draft');
  const text = draft.value.trim();
  if (!text || !where.channel) return;
  draft.value = '';
  fit(draft);
  suggest(draft);
  const command = text.match(/^(\/\S+)\s*([\s\S]*)$/);
  if (!command) {
    await tools.act({ do: 'say', channel: where.channel, text: text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') });
  } else if (command[1] === where.command) {
    await tools.act({ do: 'command', channel: where.channel, command: command[1], text: command[2] });
  } else {
    tools.toast(`${command[1]} is not a valid command here. Try ${where.command} help.`, 'bad');
  }
}

export function startComposer(tools) {
  const form = $('composer'), draft = $('draft');
  draft.addEventListener('input', () => { fit(draft); suggest(draft); });
  draft.addEventListener('keydown', (event) => onKey(event, draft, form));
  draft.addEventListener('blur', () => { $('suggestions').hidden = true; });
  draft.addEventListener('focus', () => suggest(draft));
  form.addEventListener('submit', (event) => { event.preventDefault(); send(tools); });
  $('lightning').addEventListener('click', () => runShortcut($('lightning'), 'global', tools));
  $('slash').addEventListener('click', () => {
    draft.value = `${where.command} `;
    draft.focus();
    fit(draft);
    suggest(draft);
  });
}

export function showComposer(seen, here) {
  where = { command: seen.team.command, channel: seen.channel };
  const name = here?.kind === 'im' ? seen.bot.name : `#${here?.name ?? ''}`;
  $('draft').placeholder = `Message ${name}`;
  $('draft').setAttribute('aria-label', `Message ${name}`);
}
