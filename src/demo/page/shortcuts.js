// The app's shortcuts: in the lightning menu of the message box, and in every message's own.

import { make } from './mrkdwn.js';
import { openMenu } from './menu.js';

// Opens the menu at a button, and runs what is chosen from it; with `ts` on that message.
export async function runShortcut(button, kind, tools, ts) {
  const { team, bot } = tools.ui.seen;
  const items = team.shortcuts.filter((s) => s.type === kind).map((s) => ({ value: s.callback_id, words: s.name, note: bot.name }));
  const item = await openMenu(button, [{ items }], { role: 'menu', chosen: [] });
  if (item) await tools.act({ do: 'shortcut', callback: item.value, ts });
}

// The ⋯ of a message.
export function moreOf(message, tools) {
  const node = make('button', {
    type: 'button', class: 'more', 'data-more': message.ts, 'aria-label': 'More actions on this message', 'aria-haspopup': 'menu', 'aria-expanded': 'false',
  }, '⋯');
  node.addEventListener('click', () => runShortcut(node, 'message', tools, message.ts));
  return node;
}
