// The page: asks the workspace what this person sees, shows it, and tells it what they do.

import { make, instant } from './mrkdwn.js';
import { blocks } from './blocks.js';
import { showModal } from './modal.js';
import { showSide } from './side.js';
import { showHead, showHome, showMessages, showThread } from './conversation.js';
import { startComposer, showComposer } from './composer.js';
import { startClock, showClock } from './clock.js';

const $ = (id) => document.getElementById(id);
const fromHash = new URLSearchParams(location.hash.slice(1));
const remembered = (key) => { try { return sessionStorage.getItem(key) ?? undefined; } catch { return undefined; } };

const ui = {
  viewer: fromHash.get('as') ?? remembered('viewer'),
  channel: fromHash.get('channel') ?? undefined,
  tab: fromHash.get('tab') ?? 'messages',
  thread: null,
  seen: null,
  asking: null,
};

export function toast(words, kind = '') {
  const node = make('div', { class: `toast ${kind}` }, words);
  // The last word is the one to read.
  $('toasts').replaceChildren(node);
  setTimeout(() => node.classList.add('gone'), 5200);
  setTimeout(() => node.remove(), 5600);
}

async function post(path, body) {
  try {
    const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    return await answer.json();
  } catch {
    return { ok: false };
  }
}

// Does something as the person shown.
async function act(what) {
  const outcome = await post('/control/act', { as: ui.viewer, ...what });
  if (!outcome.ok && what.do !== 'submit') toast('We had some trouble connecting. Try again?', 'bad');
  return outcome;
}

function worldOf(seen) {
  const names = new Map(seen.users.map((u) => [u.id, u.name]));
  names.set(seen.bot.user, seen.bot.name).set('USLACKBOT', 'Slackbot');
  const rooms = new Map(seen.conversations.map((c) => [c.id, c.name]));
  return {
    me: seen.me, users: seen.users, conversations: seen.conversations, bot: seen.bot, team: seen.team,
    tz: seen.users.find((u) => u.id === seen.me)?.tz ?? 'UTC', now: Date.parse(seen.clock?.now ?? seen.now) / 1000,
    nameOf: (id) => names.get(id), channelName: (id) => rooms.get(id), mine: seen.users.find((u) => u.id === seen.me),
  };
}

const tools = {
  ui, act, toast,
  go(change) {
    Object.assign(ui, { thread: null }, change);
    try { if (ui.viewer) sessionStorage.setItem('viewer', ui.viewer); } catch { /* private windows may refuse */ }
    closeSide();
    ui.asking?.abort();
  },
  redraw: () => draw(ui.seen),
  openHome() {
    ui.tab = 'home';
    ui.homeOf = ui.viewer;
    tools.redraw();
    return act({ do: 'home' });
  },
  // Ends once the page shows what the move brought, so that nobody presses again before seeing it.
  async move(to) {
    const outcome = await post('/control/clock', { move: to, as: ui.viewer });
    if (outcome.ok) await shown(outcome.revision);
    return outcome;
  },
};

// How blocks in a message or a view tell the bot what was done to them.
function contextFor(world, place, values) {
  return { world, values, act: (block, el, chosen) => act({ do: 'action', ...place, block: block.block_id, action: el.action_id, chosen, values: values ?? {} }) };
}
tools.contextFor = contextFor;

function drawModal(seen, world) {
  showModal(seen.modal, {
    viewer: seen.me,
    blocks: (view, values) => blocks(view.blocks ?? [], contextFor(world, { view: view.id }, values)),
    submit: (view, values) => act({ do: 'submit', view: view.id, values }),
    close: () => act({ do: 'close' }),
  });
}

function drawHint(seen, world, atBot) {
  let dismissed = false;
  try { dismissed = localStorage.getItem('onbeat-hint') === 'seen'; } catch { /* then it shows again */ }
  const hint = $('hint');
  hint.hidden = dismissed || !atBot;
  if (dismissed || hint.dataset.viewer === seen.me) return;
  hint.dataset.viewer = seen.me;
  const close = make('button', { type: 'button', class: 'icon-button', 'aria-label': 'Hide this hint', 'data-hide-hint': true }, '×');
  close.addEventListener('click', () => {
    try { localStorage.setItem('onbeat-hint', 'seen'); } catch { /* it is hidden for now */ }
    hint.hidden = true;
  });
  const who = make('strong', {}, world.mine?.name ?? 'nobody');
  const role = world.mine?.title ? `, ${world.mine.title}` : '';
  const next = seen.clock
    ? [' Press ', make('kbd', {}, 'Next nudge'), ` and watch ${seen.bot.name} write. Your teammates answer by themselves; be anybody you like.`]
    : [` What ${seen.bot.name} writes to you appears here.`];
  hint.replaceChildren(
    make('p', {}, make('b', {}, 'A Slack workspace on your own machine.'), ' Nothing here leaves it. You are ', who, `${role}.`, ...next),
    close,
  );
}

function draw(seen) {
  if (!seen) return;
  const world = worldOf(seen);
  const here = seen.conversations.find((c) => c.id === seen.channel);
  const onHome = ui.tab === 'home' && here?.kind === 'im';
  showSide($('side'), seen, world, tools);
  showHead($('head'), seen, here, onHome, world, tools);
  drawHint(seen, world, here?.kind === 'im' && !onHome);
  $('messages').hidden = onHome;
  $('composer').hidden = onHome;
  $('home').hidden = !onHome;
  if (onHome) showHome($('home'), seen, world, tools);
  else showMessages($('messages'), seen, world, tools);
  showThread($('thread'), seen, world, tools);
  showComposer(seen, here, world, tools);
  showClock(seen, world);
  drawModal(seen, world);
  // Opened by its address and not by a click: the bot has not heard of it.
  if (onHome && ui.homeOf !== seen.me) {
    ui.homeOf = seen.me;
    act({ do: 'home' });
  }
  const unread = seen.conversations.reduce((sum, c) => sum + c.unread, 0);
  document.title = `${unread ? `(${unread}) ` : ''}${here?.kind === 'im' ? seen.bot.name : `#${here?.name ?? ''}`} · ${seen.team.name}`;
  $('menu').classList.toggle('news', seen.users.some((u) => u.unread && u.id !== seen.me) || unread > (here?.unread ?? 0));
  document.documentElement.dataset.revision = seen.revision;
  document.documentElement.dataset.viewer = seen.me;
  if (here?.unread && !onHome && document.visibilityState === 'visible') act({ do: 'read', channel: here.id });
}

let awaited = [];

function shown(revision) {
  if (ui.seen.revision >= revision) return null;
  return new Promise((resolve) => { awaited.push({ revision, resolve }); });
}

function resolveShown(revision) {
  awaited.filter((one) => one.revision <= revision).forEach((one) => one.resolve());
  awaited = awaited.filter((one) => one.revision > revision);
}

async function look() {
  const query = new URLSearchParams();
  if (ui.viewer) query.set('as', ui.viewer);
  if (ui.channel) query.set('channel', ui.channel);
  const same = ui.seen && ui.seen.me === ui.viewer && ui.seen.channel === ui.channel;
  if (same) query.set('since', ui.seen.revision);
  ui.asking = new AbortController();
  const answer = await fetch(`/control/state?${query}`, { signal: ui.asking.signal });
  return answer.json();
}

async function watch() {
  let offline = false;
  for (;;) {
    try {
      const seen = await look();
      if (seen.closing) throw new Error('closing');
      if (ui.viewer && seen.me !== ui.viewer && seen.users.some((u) => u.id === ui.viewer)) continue;
      Object.assign(ui, { seen, viewer: seen.me, channel: seen.channel });
      offline = false;
      document.body.classList.remove('offline');
      draw(seen);
      resolveShown(seen.revision);
    } catch (error) {
      if (error.name === 'AbortError') continue;
      if (!offline) console.error(error);
      resolveShown(Infinity);
      offline = true;
      document.body.classList.add('offline');
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
  }
}

function closeSide() {
  document.body.classList.remove('side-open');
  $('veil').hidden = true;
  $('menu').setAttribute('aria-expanded', 'false');
}

function startFrame() {
  $('menu').addEventListener('click', () => {
    const open = document.body.classList.toggle('side-open');
    $('veil').hidden = !open;
    $('menu').setAttribute('aria-expanded', String(open));
  });
  $('veil').addEventListener('click', closeSide);
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') closeSide(); });
  document.addEventListener('visibilitychange', () => draw(ui.seen));
  const root = document.documentElement;
  const stored = () => { try { return localStorage.getItem('onbeat-theme'); } catch { return null; } };
  const theme = fromHash.get('theme') ?? stored();
  if (theme) root.dataset.theme = theme;
  $('theme').addEventListener('click', () => {
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset.theme = dark ? 'light' : 'dark';
    try { localStorage.setItem('onbeat-theme', root.dataset.theme); } catch { /* it lasts until the page closes */ }
  });
}

export const clockTime = (seconds, tz) => instant(seconds, tz, { hour: 'numeric', minute: '2-digit' });

startFrame();
startComposer(tools);
startClock(tools);
watch();
