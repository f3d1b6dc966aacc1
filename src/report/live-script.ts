import { heightSteps } from './live-event.js';

/**
 * The script of the live page. It takes events as `LiveEvent` says, one after the other, and sets texts and attributes; it
 * keeps nothing but the newest one. Text from outside never becomes markup.
 */
export const liveScript = `'use strict';
const $ = (id) => document.getElementById(id);
const NS = 'http://www.w3.org/2000/svg';
const W = 360, L = 46, R = 8, T = 16, H = ${heightSteps}, B = 32;
let source, newest, seenMs = 0, frozen = false, state = 'connecting';
function make(parent, name, attributes, text) {
  const node = parent.namespaceURI === NS || name === 'svg' ? document.createElementNS(NS, name) : document.createElement(name);
  set(node, attributes || {});
  if (text !== undefined) node.textContent = text;
  parent.appendChild(node);
  return node;
}
function set(node, attributes) {
  for (const key in attributes) if (node.getAttribute(key) !== String(attributes[key])) node.setAttribute(key, attributes[key]);
}
function say(node, text) { if (node.textContent !== text) node.textContent = text; }
function path(heights, isLine) {
  let d = '', before = -1;
  for (let at = 0; at < heights.length; at++) {
    const code = heights.charCodeAt(at);
    if (code === 32) { if (before >= 0 && !isLine) d += 'V' + H; before = -1; continue; }
    const y = H - (code > 92 ? code - 36 : code - 35);
    if (before < 0) d += isLine ? 'M' + at + ' ' + y : 'M' + at + ' ' + H + 'V' + y;
    else if (y !== before) d += 'V' + y;
    d += 'h1';
    before = y;
  }
  return before >= 0 && !isLine ? d + 'V' + H : d;
}
function figure(place, id) {
  const known = $(id);
  if (known) return known;
  const box = make(place, 'figure');
  make(box, 'figcaption', { 'aria-hidden': 'true' });
  const svg = make(box, 'svg', { id, role: 'img', 'aria-labelledby': id + '-t ' + id + '-d' });
  make(svg, 'title', { id: id + '-t' });
  make(svg, 'desc', { id: id + '-d' });
  return svg;
}
function texts(group, list) {
  while (group.childNodes.length > list.length) group.lastChild.remove();
  list.forEach(([x, y, anchor, name, text], at) => {
    const node = group.childNodes[at] || make(group, 'text', { 'font-size': 12 });
    set(node, { x, y, 'text-anchor': anchor, class: name });
    say(node, text);
  });
}
function head(svg, title, finding) {
  say(svg.previousSibling, title);
  say(svg.childNodes[0], title);
  say(svg.childNodes[1], finding);
}
function plot(place, p) {
  const svg = figure(place, p.i), n = p.b.length, room = W - L - R, bottom = T + H;
  if (svg.childNodes.length === 2) {
    set(svg, { viewBox: '0 0 ' + W + ' ' + (bottom + B) });
    make(svg, 'path', { class: 'grid', d: [bottom, T + H / 2, T].map((y) => 'M' + L + ' ' + y + 'h' + room).join('') });
    const plane = make(svg, 'svg', { x: L, y: T, width: room, height: H, preserveAspectRatio: 'none' });
    make(plane, 'path', { class: p.l ? 'line' : 'columns' });
    make(plane, 'path', { class: 'expected' });
    make(svg, 'path', { class: 'edge' });
    make(svg, 'g');
  }
  const [, , , plane, edge, group] = svg.childNodes;
  head(svg, p.t, p.f);
  set(plane, { viewBox: '0 0 ' + Math.max(1, n) + ' ' + H });
  set(plane.childNodes[0], { d: path(p.b, p.l) });
  set(plane.childNodes[1], { d: p.e ? path(p.e, 1) : '' });
  const x = (at) => (L + (room * at) / Math.max(1, n)).toFixed(1);
  set(edge, { d: (p.g || []).map(([at]) => 'M' + x(at) + ' ' + T + 'V' + bottom).join('') });
  texts(group, [
    ...p.y.map((text, at) => [L - 5, bottom - (at * H) / 2 + 4, 'end', 'y', text]),
    ...p.x.map(([at, text]) => [x(at), bottom + 14, 'middle', 'x', text]),
    ...[...(p.s || []), ...(p.g || [])].map(([at, text]) => [x(at), T - 4, 'middle', 'sign', text]),
    [L + room / 2, bottom + 28, 'middle', 'x', p.xt],
  ]);
}
function cells(place, p) {
  const svg = figure(place, p.i), width = 21, height = 19, left = 18, columns = p.c.length / 4;
  const layer = (channel) => [0, 2, 1, 3][channel & 3];
  const x = (channel) => left + ((channel >> 2) + (layer(channel) & 1) / 2) * width;
  const y = (channel) => 2 + layer(channel) * height;
  if (svg.childNodes.length === 2) {
    set(svg, { viewBox: '0 0 ' + (left + (columns + 0.5) * width + 4) + ' ' + (4 * height + 4) });
    const all = make(svg, 'g');
    for (let channel = 0; channel < p.c.length; channel++)
      make(all, 'rect', { x: x(channel), y: y(channel), width: width - 2, height: height - 2 });
    make(svg, 'g');
  }
  const [, , all, group] = svg.childNodes;
  head(svg, p.t, p.f);
  const marks = [0, 1, 2, 3].map((row) => [left - 4, 16 + row * height, 'end', 'y', row]);
  for (let channel = 0; channel < p.c.length; channel++) {
    const sign = p.s[channel];
    const word = sign === 'x' || sign === '^' ? ' bad' : sign === 'k' ? ' known' : '';
    set(all.childNodes[channel], { class: 's' + p.c[channel] + word });
    if (sign !== ' ' && sign !== '?') marks.push([x(channel) + width / 2, y(channel) + 14, 'middle', 'mark', sign]);
  }
  texts(group, marks);
}
function rows(id, list, none) {
  const body = $(id).tBodies[0];
  while (body.rows.length > Math.max(1, list.length)) body.lastChild.remove();
  (list.length ? list : [[none]]).forEach((cellTexts, at) => {
    const row = body.rows[at] || make(body, 'tr');
    while (row.cells.length > cellTexts.length) row.lastChild.remove();
    cellTexts.forEach((text, column) => say(row.cells[column] || make(row, 'td'), text));
  });
}
function draw(e) {
  set($('verdict'), { class: 'verdict' + (e.verdict[0] === 'bad' ? ' bad' : e.verdict[0] === 'ok' ? '' : ' warn') });
  say($('verdict'), e.verdict[1]);
  document.title = (e.verdict[0] === 'bad' ? '! ' : '') + e.verdict[1].slice(0, 60);
  say($('of'), e.window);
  rows('chambers', e.chambers, 'no chamber yet');
  rows('alarms', e.alarms, e.now ? 'no alarm' : 'not known');
  rows('ledger', e.ledger);
  rows('marks', e.marks, 'no mark');
  const wanted = new Set([...e.plots, ...e.cells].map(({ i }) => i));
  for (const svg of document.querySelectorAll('.plots svg[id]')) if (!wanted.has(svg.id)) svg.parentNode.remove();
  for (const p of e.plots) plot($(p.l ? 'rates' : 'plots'), p);
  for (const p of e.cells) cells($('cells'), p);
}
function tell() {
  const age = newest && newest.age !== null ? (newest.age + performance.now() - seenMs) / 1000 : undefined;
  const old = age === undefined ? 'no message yet' : 'newest message ' + (age < 100 ? age.toFixed(age < 10 ? 1 : 0) + ' s' : Math.round(age / 60) + ' min') + ' old';
  say($('state'), (frozen ? 'frozen, ' : newest && !newest.now && state === 'live' ? 'STALE, ' : state + ', ') + old);
}
function take(event) {
  state = 'live';
  if (frozen) return;
  newest = JSON.parse(event.data);
  seenMs = performance.now();
  draw(newest);
  tell();
}
function open() {
  close();
  if (document.hidden) return;
  source = new EventSource('events?window=' + encodeURIComponent($('window').value));
  source.onmessage = take;
  source.onerror = () => {
    state = 'no connection, trying again';
    tell();
    // A refusal, as of too many pages, is final for the browser.
    if (source.readyState === 2) setTimeout(open, 5000);
  };
}
function close() { if (source) source.close(); source = undefined; }
$('window').onchange = () => { set($('report'), { href: 'report?window=' + $('window').value }); open(); };
$('freeze').onclick = () => {
  frozen = !frozen;
  set($('freeze'), { 'aria-pressed': frozen });
  tell();
};
$('colours').onchange = () => { set(document.documentElement, { 'data-colours': $('colours').value }); };
document.onvisibilitychange = open;
setInterval(tell, 1000);
open();
`;
