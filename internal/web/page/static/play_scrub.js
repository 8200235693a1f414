// Looking for a place by thumbnails: a slider below the video with the picture
// of the place where the pointer is, or the slider's thumb while it has the
// focus. The pictures are parts of sheets that a WebVTT file names by media
// fragments (#xywh=, W3C Media Fragments URI 1.0).
'use strict';

async function openScrubber(video, address, page) {
  let tiles;
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(say('status', {code: response.status}));
    tiles = parseThumbnails(await response.text(), response.url);
  } catch (error) {
    page.failed(say('thumbnails', {why: error.message}), false);
    return;
  }
  if (!tiles.length) return;
  const slider = find('position'), preview = find('preview');

  function look(time) {
    const tile = tiles.findLast((t) => t.start <= time) || tiles[0];
    Object.assign(find('tile').style, {
      width: tile.w + 'px', height: tile.h + 'px',
      backgroundImage: 'url("' + tile.url + '")', backgroundPosition: -tile.x + 'px ' + -tile.y + 'px',
    });
    find('at').textContent = clock(time);
    Object.assign(preview.dataset, {picture: tile.picture, time});
    preview.hidden = false;
    // The picture stays within the width of the slider.
    const room = slider.clientWidth, half = preview.offsetWidth / 2;
    preview.style.left = Math.min(Math.max(room * time / slider.max, half), room - half) + 'px';
  }
  const hide = () => { preview.hidden = true; };
  const follow = () => {
    slider.max = video.duration || 0;
    if (!dragging) slider.value = video.currentTime;
    slider.setAttribute('aria-valuetext', say('at', {time: clock(video.currentTime), length: clock(video.duration || 0)}));
  };

  let dragging = false;
  slider.addEventListener('pointerdown', () => { dragging = true; });
  slider.addEventListener('input', () => look(Number(slider.value)));
  slider.addEventListener('change', () => {
    dragging = false;
    video.currentTime = Number(slider.value);
  });
  slider.addEventListener('pointermove', (e) => {
    const box = slider.getBoundingClientRect();
    look(Math.min(Math.max((e.clientX - box.left) / box.width, 0), 1) * slider.max);
  });
  slider.addEventListener('focus', () => { if (slider.matches(':focus-visible')) look(Number(slider.value)); });
  slider.addEventListener('keydown', (e) => { if (e.key === 'Escape') hide(); });
  for (const event of ['pointerleave', 'pointercancel', 'blur']) slider.addEventListener(event, hide);
  for (const event of ['timeupdate', 'durationchange', 'seeked']) video.addEventListener(event, follow);
  follow();
  find('scrub').hidden = false;
}

// parseThumbnails gives the cues of a WebVTT file that name a part of a picture.
function parseThumbnails(text, base) {
  const tiles = [];
  for (const block of text.replace(/\r\n?/g, '\n').split(/\n{2,}/)) {
    const cue = block.match(/(?:^|\n)([\d:.]+) +--> +[\d:.]+[^\n]*\n(\S+)#xywh=(?:pixel:)?(\d+),(\d+),(\d+),(\d+)/);
    if (!cue) continue;
    const [x, y, w, h] = cue.slice(3).map(Number);
    const url = new URL(cue[2], base).href;
    tiles.push({start: seconds(cue[1]), url, x, y, w, h, picture: url + '#xywh=' + cue.slice(3).join()});
  }
  return tiles;
}

// seconds of a WebVTT time, [hh:]mm:ss.mmm.
const seconds = (time) => time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

function clock(time) {
  const whole = Math.floor(time), two = (n) => String(n).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? minutes + ':' + two(whole % 60) : Math.floor(minutes / 60) + ':' + two(minutes % 60) + ':' + two(whole % 60);
}
