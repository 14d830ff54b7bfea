// The sidebar: who you are, the channels, the bot, and the people through whose eyes you may look.

import { make, instant } from './mrkdwn.js';

const COLOURS = ['#c2552d', '#1264a3', '#7c3aab', '#0a7d5c', '#b0305f', '#0f7c8a', '#6a6f1e', '#43509c'];
const colours = new Map();

// A square with somebody's initials, in a colour that stays theirs.
export function avatar(id, name, size = '') {
  if (!colours.has(id)) colours.set(id, COLOURS[colours.size % COLOURS.length]);
  const initials = name.split(/\s+/).map((word) => word[0]).slice(0, 2).join('');
  return make('span', { class: `avatar ${size}`, style: `background:${colours.get(id)}`, 'aria-hidden': 'true' }, initials);
}

export const botIcon = (size = '') => make('img', { class: `avatar ${size}`, src: '/icon.svg', alt: '' });

const badge = (count) => (count ? make('span', { class: 'badge', 'data-unread': count }, String(count), make('span', { class: 'hidden' }, ' unread')) : null);

function room(seen, conversation, tools) {
  const im = conversation.kind === 'im';
  const here = conversation.id === seen.channel;
  const node = make('button', {
    type: 'button', class: `room${conversation.unread ? ' unread' : ''}`, 'data-channel': conversation.id, 'aria-current': here ? 'page' : null,
  }, im ? botIcon('tiny') : make('span', { class: 'hash', 'aria-hidden': 'true' }, '#'), make('span', { class: 'room-name' }, im ? seen.bot.name : conversation.name), badge(conversation.unread));
  node.addEventListener('click', () => tools.go({ channel: conversation.id, tab: 'messages' }));
  return make('li', {}, node);
}

function person(user, seen, world, tools) {
  const mine = user.id === seen.me;
  const time = instant(world.now, user.tz, { hour: 'numeric', minute: '2-digit' });
  const node = make('button', { type: 'button', class: `person${mine ? ' mine' : ''}`, 'data-user': user.id, 'aria-pressed': String(mine), title: `${user.tz}` },
    avatar(user.id, user.name, 'small'),
    make('span', { class: 'person-words' },
      make('span', { class: 'person-name' }, user.name, mine ? make('em', {}, ' you') : null),
      make('small', {}, [user.title, time].filter(Boolean).join(' · '))),
    mine ? null : badge(user.unread));
  node.addEventListener('click', () => { if (!mine) tools.go({ viewer: user.id, channel: undefined, tab: 'messages' }); });
  return make('li', {}, node);
}

// Whoever the bot has something to say to; the reps, who are many, after those who manage them.
function people(seen) {
  const isRep = (user) => user.title === 'Sales rep';
  const shown = seen.users.filter((u) => u.id === seen.me || u.unread || !isRep(u));
  return shown.sort((a, b) => isRep(a) - isRep(b));
}

export function showSide(side, seen, world, tools) {
  const key = JSON.stringify([seen.me, seen.channel, seen.users, seen.conversations, seen.team, Math.floor(world.now / 60)]);
  if (side.dataset.key === key) return;
  side.dataset.key = key;
  const focused = document.activeElement?.closest('[data-channel], [data-user]');
  const group = (title, items, name) => make('section', { class: name }, make('h2', {}, title), make('ul', {}, ...items));
  const channels = seen.conversations.filter((c) => c.kind === 'channel').sort((a, b) => a.name.localeCompare(b.name));
  const ims = seen.conversations.filter((c) => c.kind === 'im');
  side.replaceChildren(
    make('div', { class: 'team' }, make('span', { class: 'team-icon', 'aria-hidden': 'true' }, seen.team.name[0]), make('strong', {}, seen.team.name)),
    group('Channels', channels.map((c) => room(seen, c, tools)), 'rooms'),
    group('Apps', ims.map((c) => room(seen, c, tools)), 'rooms'),
    group('See it as', people(seen).map((u) => person(u, seen, world, tools)), 'people'),
  );
  if (focused) {
    const same = focused.dataset.user ? `[data-user="${focused.dataset.user}"]` : `[data-channel="${focused.dataset.channel}"]`;
    side.querySelector(same)?.focus();
  }
}
