// The conversation: its head, its messages, the thread beside it, and the bot's Home tab.

import { make, mrkdwn, instant, prettyDay } from './mrkdwn.js';
import { blocks } from './blocks.js';
import { avatar, botIcon } from './side.js';
import { moreOf } from './shortcuts.js';

// Messages of one author within five minutes stand under one name.
const TOGETHER = 300;
const kept = new Map();
let place = '';
let newFrom = null;
// Where the page itself scrolled to: whoever is still there follows what comes.
let placed = -1;

const at = (message) => Number(message.ts);

function face(message, world, size) {
  return message.user === world.bot.user ? botIcon(size) : avatar(message.user, world.nameOf(message.user) ?? '?', size);
}

function heading(message, world) {
  const bot = message.user === world.bot.user;
  return make('div', { class: 'message-head' },
    make('strong', {}, world.nameOf(message.user) ?? message.user),
    bot ? make('span', { class: 'app' }, 'APP') : null,
    make('time', { datetime: new Date(at(message) * 1000).toISOString() }, instant(at(message), world.tz, { hour: 'numeric', minute: '2-digit' })));
}

function body(message, world, tools) {
  const out = make('div', { class: 'message-body' });
  if (message.blocks?.length) {
    const where = { channel: tools.ui.channel, ts: message.ts, ephemeral: message.ephemeral === true };
    out.append(blocks(message.blocks, tools.contextFor(world, where, {})));
  } else {
    out.append(make('div', { class: 'text' }, mrkdwn(message.text ?? '', world)));
  }
  if (message.edited) out.append(make('span', { class: 'edited', 'data-edited': true }, '(edited)'));
  return out;
}

function replies(message, all, world, tools) {
  const answers = all.filter((m) => m.thread_ts === message.ts && m.ts !== message.ts);
  if (!answers.length) return null;
  const words = answers.length === 1 ? '1 reply' : `${answers.length} replies`;
  const node = make('button', { type: 'button', class: 'replies', 'data-thread': message.ts }, face(answers.at(-1), world, 'tiny'), words);
  node.addEventListener('click', () => { tools.ui.thread = message.ts; tools.redraw(); });
  return node;
}

function article(message, follows, all, world, tools) {
  const node = make('article', {
    class: `message${follows ? ' follows' : ''}${message.ephemeral ? ' ephemeral' : ''}`, 'data-message-ts': message.ts,
    'data-author': message.user, 'data-ephemeral': message.ephemeral ? 'true' : null, 'aria-label': `${world.nameOf(message.user) ?? ''}: ${message.text ?? ''}`.slice(0, 300),
  });
  const gutter = make('div', { class: 'gutter' });
  if (follows) gutter.append(make('time', {}, instant(at(message), world.tz, { hour: 'numeric', minute: '2-digit' }).replace(/ [AP]M/, '')));
  else gutter.append(face(message, world));
  const main = make('div', { class: 'message-main' });
  if (message.ephemeral) main.append(make('div', { class: 'only-you' }, eye(), 'Only visible to you'));
  if (!follows) main.append(heading(message, world));
  main.append(body(message, world, tools));
  if (message.ephemeral) {
    const dismiss = make('button', { type: 'button', class: 'dismiss' }, 'Dismiss message');
    dismiss.addEventListener('click', () => tools.act({ do: 'dismiss', ts: message.ts }));
    main.append(dismiss);
  }
  const thread = replies(message, all, world, tools);
  if (thread) main.append(thread);
  node.append(gutter, main);
  // Slack has no shortcuts for what only one person sees.
  if (!message.ephemeral) node.append(moreOf(message, tools));
  return node;
}

function eye() {
  const NS = 'http://www.w3.org/2000/svg';
  const icon = document.createElementNS(NS, 'svg');
  icon.setAttribute('viewBox', '0 0 20 20');
  icon.setAttribute('aria-hidden', 'true');
  for (const d of ['M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5z', 'M10 12.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6z']) {
    const path = document.createElementNS(NS, 'path');
    path.setAttribute('d', d);
    icon.append(path);
  }
  return icon;
}

function dayName(seconds, world) {
  const day = prettyDay(seconds, world.now, world.tz, '');
  if (day) return day[0].toUpperCase() + day.slice(1);
  return instant(seconds, world.tz, { weekday: 'long', month: 'long', day: 'numeric' });
}

// A line across the conversation; the same one as long as the conversation is shown.
function line(kind, words) {
  const key = `${kind} ${words}`;
  if (!kept.has(key)) kept.set(key, { key, node: make('div', { class: kind, role: 'separator' }, make('span', {}, words)) });
  return kept.get(key).node;
}

function nodes(seen, world, tools, moved) {
  const out = [];
  const shown = seen.messages.filter((m) => !m.thread_ts || m.thread_ts === m.ts);
  let before = null, day = '';
  for (const message of shown) {
    const today = dayName(at(message), world);
    if (today !== day) out.push(line('day', today));
    const marked = newFrom && message.ts === newFrom;
    if (marked) out.push(line('new', 'New'));
    const follows = before && !marked && today === day && before.user === message.user && at(message) - at(before) < TOGETHER
      && Boolean(before.ephemeral) === Boolean(message.ephemeral);
    const thread = seen.messages.filter((m) => m.thread_ts === message.ts).length;
    const key = JSON.stringify([message, follows, thread, seen.users.length]);
    let known = kept.get(message.ts);
    if (known?.key !== key) {
      const node = article(message, follows, seen.messages, world, tools);
      if (!moved) node.classList.add(known ? 'changed' : 'arrived');
      known = { key, node };
      kept.set(message.ts, known);
    }
    out.push(known.node);
    [before, day] = [message, today];
  }
  return out;
}

function greeting(seen, world) {
  if (kept.has('greeting')) return kept.get('greeting').node;
  const here = seen.conversations.find((c) => c.id === seen.channel);
  const words = here?.kind === 'im'
    ? [botIcon('large'), make('h2', {}, seen.bot.name), make('p', {}, `This is the beginning of your conversation with ${seen.bot.name}. It writes when something is due, and you answer with a click.`)]
    : [make('h2', {}, `# ${here?.name ?? ''}`), make('p', {}, here?.topic || 'Nothing has been said here yet.')];
  const node = make('div', { class: 'greeting', 'data-viewer': world.me }, ...words);
  kept.set('greeting', { node });
  return node;
}

// Down to what is new, but never past its beginning: a plan is read from its top. What only changed stays where it is.
function scroll(list, before, follows) {
  const arrived = before ? [...list.querySelectorAll('[data-message-ts]')].filter((m) => !before.has(m.dataset.messageTs)) : [];
  const asked = arrived.at(-1)?.dataset.ephemeral;
  if (before && !(arrived.length && (follows || asked))) return;
  const message = before ? arrived[0] : [...list.querySelectorAll('[data-message-ts]')].at(-1);
  const above = message?.previousElementSibling;
  const first = above?.matches('.day, .new') ? above : message;
  const top = first ? list.scrollTop + first.getBoundingClientRect().top - list.getBoundingClientRect().top - 12 : Infinity;
  list.scrollTop = Math.min(top, list.scrollHeight);
  placed = list.scrollTop;
}

export function showMessages(list, seen, world, tools) {
  const here = `${seen.me}/${seen.channel}`;
  const moved = here !== place;
  if (moved) {
    kept.clear();
    const unread = seen.conversations.find((c) => c.id === seen.channel)?.unread ?? 0;
    const others = seen.messages.filter((m) => m.user !== seen.me && !m.ephemeral);
    newFrom = unread && unread < others.length ? others.at(-unread).ts : null;
    place = here;
  }
  const follows = moved || Math.abs(list.scrollTop - placed) < 2 || list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  const before = moved ? null : new Set([...list.querySelectorAll('[data-message-ts]')].map((m) => m.dataset.messageTs));
  const wanted = [greeting(seen, world), ...nodes(seen, world, tools, moved)];
  // What stays is not touched: it keeps its focus, and screen readers hear of what is new alone.
  const stays = new Set(wanted);
  for (const node of [...list.children]) if (!stays.has(node)) node.remove();
  wanted.forEach((node, i) => { if (list.children[i] !== node) list.insertBefore(node, list.children[i] ?? null); });
  scroll(list, before, follows);
}

export function showHead(head, seen, here, onHome, world, tools) {
  const key = JSON.stringify([here?.id, onHome, seen.me, here?.members]);
  if (head.dataset.key === key) return;
  head.dataset.key = key;
  if (here?.kind !== 'im') {
    head.replaceChildren(make('div', { class: 'head-title' }, make('h1', {}, `# ${here?.name ?? ''}`), here?.topic ? make('span', { class: 'topic' }, here.topic) : null),
      make('span', { class: 'members' }, `${here?.members ?? 0} members`));
    return;
  }
  const tab = (name, words, go) => make('button', { type: 'button', role: 'tab', 'data-tab': name, 'aria-selected': String((name === 'home') === onHome), onclick: go }, words);
  head.replaceChildren(
    make('div', { class: 'head-title' }, botIcon('tiny'), make('h1', {}, seen.bot.name), make('span', { class: 'app' }, 'APP')),
    make('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Views of the app' },
      tab('home', 'Home', () => tools.openHome()),
      tab('messages', 'Messages', () => { tools.ui.tab = 'messages'; tools.redraw(); })),
  );
}

export function showHome(home, seen, world, tools) {
  const key = JSON.stringify([seen.me, seen.home?.hash, seen.home?.id]);
  if (home.dataset.key === key) return;
  home.dataset.key = key;
  if (!seen.home) {
    home.replaceChildren(make('div', { class: 'empty-home' }, botIcon('large'), make('p', {}, 'Nothing here yet.')));
    return;
  }
  const values = structuredClone(seen.home.state?.values ?? {});
  home.replaceChildren(make('div', { class: 'home-view', 'data-view-id': seen.home.id }, blocks(seen.home.blocks ?? [], tools.contextFor(world, { view: seen.home.id }, values))));
}

export function showThread(aside, seen, world, tools) {
  const top = seen.messages.find((m) => m.ts === tools.ui.thread);
  aside.hidden = !top;
  if (!top) return aside.replaceChildren();
  const all = seen.messages.filter((m) => m.ts === top.ts || m.thread_ts === top.ts);
  const close = make('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close the thread', onclick: () => { tools.ui.thread = null; tools.redraw(); } }, '×');
  return aside.replaceChildren(make('header', {}, make('h2', {}, 'Thread'), close), ...all.map((m) => article(m, false, [], world, tools)));
}
