// Slack's mrkdwn and text objects, made into DOM nodes. Nothing here ever goes through innerHTML.

const EMOJI = {
  white_check_mark: '✅', heavy_check_mark: '✔️', x: '❌', warning: '⚠️', wave: '👋', tada: '🎉', clap: '👏', fire: '🔥',
  rocket: '🚀', calendar: '📅', spiral_calendar_pad: '🗓️', date: '📅', clock9: '🕘', alarm_clock: '⏰', hourglass: '⌛',
  hourglass_flowing_sand: '⏳', stopwatch: '⏱️', bell: '🔔', no_bell: '🔕', zzz: '💤', sleeping: '😴', palm_tree: '🌴',
  memo: '📝', pencil: '📝', pencil2: '✏️', link: '🔗', bar_chart: '📊', chart_with_upwards_trend: '📈',
  chart_with_downwards_trend: '📉', dart: '🎯', star: '⭐', sparkles: '✨', bulb: '💡', eyes: '👀', pray: '🙏',
  muscle: '💪', raised_hands: '🙌', thumbsup: '👍', '+1': '👍', thumbsdown: '👎', '-1': '👎', smile: '😄', slightly_smiling_face: '🙂',
  blush: '😊', sunny: '☀️', sunrise: '🌅', coffee: '☕', crescent_moon: '🌙', mag: '🔍', lock: '🔒', key: '🔑', gear: '⚙️',
  arrow_right: '➡️', arrow_up: '⬆️', arrow_down: '⬇️', arrow_upper_right: '↗️', arrow_lower_right: '↘️', repeat: '🔁',
  large_green_circle: '🟢', large_yellow_circle: '🟡', large_orange_circle: '🟠', red_circle: '🔴', white_circle: '⚪',
  large_blue_circle: '🔵', black_circle: '⚫', small_blue_diamond: '🔹', busts_in_silhouette: '👥', bust_in_silhouette: '👤',
  speech_balloon: '💬', phone: '☎️', car: '🚗', trophy: '🏆', medal: '🏅', seedling: '🌱', leftwards_arrow_with_hook: '↩️',
  metal: '🤘', ok_hand: '👌', handshake: '🤝', people_hugging: '🫂', musical_note: '🎵', drum_with_drumsticks: '🥁', notebook: '📓',
  heart: '❤️', question: '❓', exclamation: '❗', information_source: 'ℹ️', lower_left_ballpoint_pen: '🖊️', point_right: '👉',
};

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((c) => c !== undefined && c !== null));
  return node;
}

const decode = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
export const emojify = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole);

const ordinal = (n) => n + (['th', 'st', 'nd', 'rd'][n % 100 > 10 && n % 100 < 14 ? 0 : n % 10] ?? 'th');

export function instant(seconds, tz, options) {
  return new Intl.DateTimeFormat('en-US', { timeZone: tz, ...options }).format(new Date(seconds * 1000));
}

const dayKey = (seconds, tz) => new Intl.DateTimeFormat('en-CA', { timeZone: tz }).format(new Date(seconds * 1000));

// "today", "tomorrow" or "yesterday", seen from `now`; else what `plain` says.
export function prettyDay(seconds, now, tz, plain) {
  const day = dayKey(seconds, tz);
  if (day === dayKey(now, tz)) return 'today';
  if (day === dayKey(now + 86400, tz)) return 'tomorrow';
  if (day === dayKey(now - 86400, tz)) return 'yesterday';
  return plain;
}

// The part after `!date^`: `SECONDS^FORMAT^LINK`.
function slackDate(body, fallback, world) {
  const [seconds, format] = body.split('^');
  const s = Number(seconds), tz = world.tz;
  if (!Number.isFinite(s) || !format) return fallback;
  const day = ordinal(Number(instant(s, tz, { day: 'numeric' })));
  const long = `${instant(s, tz, { weekday: 'long' })}, ${instant(s, tz, { month: 'long' })} ${day}, ${instant(s, tz, { year: 'numeric' })}`;
  const date = `${instant(s, tz, { month: 'long' })} ${day}, ${instant(s, tz, { year: 'numeric' })}`;
  const short = instant(s, tz, { month: 'short', day: 'numeric', year: 'numeric' });
  const pretty = (plain) => prettyDay(s, world.now, tz, plain);
  const words = {
    date_num: dayKey(s, tz), date, date_short: short, date_long: long, date_pretty: pretty(date),
    date_short_pretty: pretty(short), date_long_pretty: pretty(long),
    time: instant(s, tz, { hour: 'numeric', minute: '2-digit' }),
    time_secs: instant(s, tz, { hour: 'numeric', minute: '2-digit', second: '2-digit' }),
  };
  return format.replace(/\{(\w+)\}/g, (whole, name) => words[name] ?? whole);
}

function mention(id, label, world) {
  return make('span', { class: `mention${id === world.me ? ' me' : ''}`, 'data-mention': id }, `@${world.nameOf(id) ?? label ?? id}`);
}

export function link(href, label) {
  const safe = /^(https?:|mailto:)/i.test(href);
  return safe ? make('a', { href, target: '_blank', rel: 'noopener noreferrer' }, label) : document.createTextNode(label);
}

// What stands between < and >.
function angle(body, world) {
  const [target, ...rest] = body.split('|');
  const label = rest.length ? decode(rest.join('|')) : undefined;
  if (target.startsWith('@')) return mention(target.slice(1), label, world);
  if (target.startsWith('#')) return make('span', { class: 'mention' }, `#${world.channelName(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith('!date^')) {
    const words = slackDate(target.slice(6), label ?? '', world);
    return make('time', { class: 'date', title: label }, words);
  }
  if (target.startsWith('!')) {
    const name = target.slice(1).split('^')[0];
    return make('span', { class: 'mention me' }, label ?? `@${name}`);
  }
  return link(decode(target), emojify(label ?? decode(target)));
}

const STYLES = { '*': 'strong', _: 'em', '~': 'del' };
const INLINE = /<([^<>\n]+)>|`([^`\n]+)`|(?<![\p{L}\p{N}*_~])([*_~])(?=\S)([^\n]*?\S)\3(?![\p{L}\p{N}])|(https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)])/gu;

function inline(text, world) {
  const out = document.createDocumentFragment();
  let at = 0;
  for (const hit of text.matchAll(INLINE)) {
    out.append(emojify(decode(text.slice(at, hit.index))));
    if (hit[1] !== undefined) out.append(angle(hit[1], world));
    else if (hit[2] !== undefined) out.append(make('code', {}, decode(hit[2])));
    else if (hit[3] !== undefined) out.append(make(STYLES[hit[3]], {}, inline(hit[4], world)));
    else out.append(link(decode(hit[5]), decode(hit[5])));
    at = hit.index + hit[0].length;
  }
  out.append(emojify(decode(text.slice(at))));
  return out;
}

export function mrkdwn(text, world) {
  const out = document.createDocumentFragment();
  text.split(/```\n?([\s\S]*?)```/).forEach((part, i) => {
    if (i % 2) return out.append(make('pre', {}, decode(part.replace(/\n$/, ''))));
    if (!part) return;
    let quote = null, gap = false;
    for (const line of part.replace(/^\n|\n$/g, '').split('\n')) {
      const quoted = line.match(/^(?:&gt;|>) ?(.*)$/);
      if (quoted) {
        if (!quote) out.append((quote = make('blockquote')));
        else quote.append(make('br'));
        quote.append(inline(quoted[1], world));
      } else {
        if (gap && !quote) out.append(make('br'));
        quote = null;
        out.append(inline(line, world));
      }
      gap = true;
    }
  });
  return out;
}

// A text object of either kind.
export function text(object, world) {
  if (!object) return document.createDocumentFragment();
  if (object.type === 'mrkdwn') return mrkdwn(object.text, world);
  const out = document.createDocumentFragment();
  const words = object.emoji === false ? object.text : emojify(object.text ?? '');
  words.split('\n').forEach((line, i) => out.append(...(i ? [make('br'), line] : [line])));
  return out;
}

export const plain = (object) => emojify(object?.text ?? '');

// The leaves of a rich_text section.
function leaf(item, world) {
  let node;
  switch (item.type) {
    case 'text': node = item.text.includes('\n') ? make('span', { class: 'pre' }, item.text) : document.createTextNode(item.text); break;
    case 'link': node = link(item.url, item.text ?? item.url); break;
    case 'user': node = mention(item.user_id, undefined, world); break;
    case 'channel': node = make('span', { class: 'mention' }, `#${world.channelName(item.channel_id) ?? item.channel_id}`); break;
    case 'emoji': node = document.createTextNode(EMOJI[item.name] ?? `:${item.name}:`); break;
    case 'broadcast': node = make('span', { class: 'mention me' }, `@${item.range}`); break;
    case 'date': node = make('time', { class: 'date' }, slackDate(`${item.timestamp}^${item.format}`, item.fallback ?? '', world)); break;
    case 'usergroup': node = make('span', { class: 'mention' }, `@${item.usergroup_id}`); break;
    default: node = make('span', { class: 'unknown-inline' }, item.type ?? '?');
  }
  const style = item.style ?? {};
  for (const [name, tag] of [['bold', 'strong'], ['italic', 'em'], ['strike', 'del'], ['underline', 'u'], ['code', 'code']]) {
    if (style[name]) node = make(tag, {}, node);
  }
  return node;
}

export function richText(block, world) {
  const out = make('div', { class: 'rich-text' });
  const leaves = (section) => (section.elements ?? []).map((item) => leaf(item, world));
  for (const part of block.elements ?? []) {
    if (part.type === 'rich_text_list') {
      const list = make(part.style === 'ordered' ? 'ol' : 'ul', { style: part.indent ? `margin-left:${part.indent * 24}px` : null });
      for (const item of part.elements ?? []) list.append(make('li', {}, ...leaves(item)));
      out.append(list);
    } else {
      const tag = { rich_text_quote: 'blockquote', rich_text_preformatted: 'pre' }[part.type] ?? 'p';
      out.append(make(tag, {}, ...leaves(part)));
    }
  }
  return out;
}
