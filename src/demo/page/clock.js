// The clock bar: the rehearsed time where the viewer is, and the ways forward.

import { instant } from './mrkdwn.js';

const $ = (id) => document.getElementById(id);

export function startClock(tools) {
  const buttons = [...document.querySelectorAll('[data-move]')];
  for (const button of buttons) {
    button.addEventListener('click', async () => {
      buttons.forEach((b) => { b.disabled = true; });
      button.classList.add('busy');
      const outcome = await tools.move(button.dataset.move);
      buttons.forEach((b) => { b.disabled = false; });
      button.classList.remove('busy');
      button.focus();
      if (!outcome.ok) tools.toast(outcome.error ?? 'The clock did not move.', 'bad');
      else if (outcome.clock?.note) tools.toast(outcome.clock.note);
    });
  }
}

// The hands stand as the time does.
function turn(seconds, tz) {
  const [hour, minute] = instant(seconds, tz, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).split(':').map(Number);
  const [short, long] = document.querySelectorAll('#clock .hand');
  short.setAttribute('d', 'M10 10V6.2');
  long.setAttribute('d', 'M10 10V4.8');
  short.setAttribute('transform', `rotate(${(hour % 12) * 30 + minute / 2} 10 10)`);
  long.setAttribute('transform', `rotate(${minute * 6} 10 10)`);
}

export function showClock(seen, world) {
  const bar = $('clock');
  bar.hidden = !seen.clock;
  document.body.classList.toggle('has-clock', Boolean(seen.clock));
  if (!seen.clock) return;
  const day = instant(world.now, world.tz, { weekday: 'short', month: 'short', day: 'numeric' });
  const time = instant(world.now, world.tz, { hour: 'numeric', minute: '2-digit' });
  $('clock-time').textContent = `${day}, ${time}`;
  $('clock-time').dataset.clockTime = seen.clock.now;
  $('clock-zone').textContent = world.tz.split('/').pop().replaceAll('_', ' ');
  turn(world.now, world.tz);
  const next = seen.clock.next_nudge;
  const lead = bar.querySelector('[data-move="next-nudge"]');
  lead.title = next ? `At ${instant(Date.parse(next) / 1000, world.tz, { weekday: 'short', hour: 'numeric', minute: '2-digit' })}` : '';
}
