// What the choices are called, and small things that both players need. Only what sets the choices apart is told.
'use strict';

// say gives a text of the page, data-say-<name> of #texts, with values in place
// of its {placeholders}.
function say(name, values = {}) {
  return document.getElementById('texts').getAttribute('data-say-' + name).replace(/\{(\w+)\}/g, (_, value) => values[value]);
}

const codecNames = {
  avc1: 'H.264', avc3: 'H.264', hvc1: 'HEVC', hev1: 'HEVC', av01: 'AV1', vp09: 'VP9',
  mp4a: 'AAC', opus: 'Opus', 'ac-3': 'Dolby Digital', 'ec-3': 'Dolby Digital Plus',
};

// codecName is the name of the first codec of a codecs string (RFC 6381), or
// empty where there is none.
function codecName(codecs) {
  const format = (codecs || '').split(/[.,]/)[0].trim();
  return codecNames[format.toLowerCase()] || format;
}

// several tells whether the choices differ in what a function tells of them.
const several = (choices, of) => new Set(choices.map(of)).size > 1;

// renditionLabels has the largest picture first.
function renditionLabels(renditions) {
  const codecs = several(renditions, (r) => r.codec);
  const sorted = [...renditions].sort((a, b) => b.height - a.height || b.bitrate - a.bitrate);
  return sorted.map((r) => ({
    value: r.value,
    text: [
      r.height && r.height + 'p', codecs && r.codec, r.range && r.range !== 'SDR' && 'HDR (' + r.range + ')',
      Math.round(r.bitrate / 1000).toLocaleString('en') + ' kbit/s',
    ].filter(Boolean).join(' '),
  }));
}

function audioLabels(tracks) {
  const channels = several(tracks, (t) => t.channels), codecs = several(tracks, (t) => t.codec);
  return tracks.map((t, i) => {
    const name = named(t, say('sound', {number: i + 1}));
    const more = [channels && channelsName(t.channels), codecs && t.codec].filter((m) => m && !name.includes(m));
    return {value: t.value, text: [name, ...more].join(', ')};
  });
}

// Names often tell already what marks a track.
function textLabels(texts) {
  const mark = (name, on, word, pattern) => on && !pattern.test(name) ? name + ' (' + word + ')' : name;
  return texts.map((t, i) => ({
    value: t.value,
    text: mark(mark(named(t, say('subtitles', {number: i + 1})), t.forced, say('forced'), /forced/i), t.described, say('described'), /SDH|hearing|\bCC\b/i),
  }));
}

function channelsName(count) {
  return {1: say('mono'), 2: say('stereo'), 6: '5.1', 8: '7.1'}[count] || (count ? say('channels', {count}) : '');
}

// named is the track's name, with its language where the name does not tell it.
function named(track, otherwise) {
  const language = languageName(track.language);
  if (!track.name) return language || otherwise;
  const known = !language || [language, languageName(track.language, 'en'), track.language]
      .some((name) => track.name.toLowerCase().includes(name.toLowerCase()));
  return known ? track.name : track.name + ' (' + language + ')';
}

// languageName is the language's name, in its own words or in another language.
function languageName(tag, inLanguage) {
  if (!tag || tag === 'und') return '';
  try {
    return new Intl.DisplayNames([inLanguage || tag], {type: 'language'}).of(tag);
  } catch {
    return tag;
  }
}

// base64url of RFC 4648, 5, without padding.
function base64url(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
