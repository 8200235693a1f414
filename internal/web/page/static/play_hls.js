// HLS through hls.js, or by the browser itself where it has no Media Source
// Extensions (Safari on iPhones).
'use strict';

function openPlayer(video, address, page) {
  if (!Hls.isSupported()) {
    video.src = address;
    video.addEventListener('loadedmetadata', () => page.ready({
      renditions: [], choose() {}, tracks: [], track: '', chooseTrack() {}, texts: [], text: 'off', chooseText() {},
    }), {once: true});
    return;
  }
  // Workers would come from blob: addresses; CMAF needs no transmuxing anyway.
  const hls = new Hls({enableWorker: false, ...clearKeySettings()});
  hls.on(Hls.Events.ERROR, (_, e) => {
    // Loads that the player itself gave up, as after a change of rendition.
    if (e.details === Hls.ErrorDetails.INTERNAL_ABORTED) return;
    // A change of rendition can append what a load under way just has; only when
    // it happens again to the same segment does the player get nowhere.
    if (e.details === Hls.ErrorDetails.BUFFER_APPEND_NO_PROGRESS && !e.fatal && e.appendsWithoutProgress < 2) return;
    // The stream is there, but this machine is too busy to show it in time.
    if (e.details === Hls.ErrorDetails.BUFFER_STALLED_ERROR && !e.fatal && bufferedAhead(video) > 1) return;
    page.failed(e.type + ' ' + e.details + (e.error ? ': ' + e.error.message : ''), e.fatal);
  });
  hls.on(Hls.Events.MANIFEST_LOADED, (_, {levels}) => {
    // By now the player has left out what the browser has no decoder for.
    const codecs = (l) => [l.videoCodec, l.audioCodec].filter(Boolean).map(codecName);
    const played = new Set(hls.levels.flatMap(codecs));
    for (const name of new Set(levels.flatMap(codecs))) if (!played.has(name)) page.note(say('unplayed', {codec: name}));
  });
  hls.on(Hls.Events.MANIFEST_PARSED, () => page.ready({
    ...hlsRenditions(hls), ...hlsTracks(hls), ...hlsTexts(hls),
  }));
  hls.on(Hls.Events.AUDIO_TRACK_SWITCHED, (_, track) => page.showing({track: hlsSounds(hls).findIndex(sameSound(track))}));
  hls.on(Hls.Events.SUBTITLE_TRACK_SWITCH, (_, {id}) => page.showing({text: id < 0 ? 'off' : id}));
  hls.loadSource(address);
  hls.attachMedia(video);
}

// A rendition is there once for each audio group. The one of the group that
// plays is chosen, so that the sound stays.
function hlsRenditions(hls) {
  const addresses = [...new Set(hls.levels.map((l) => l.uri))];
  // Made to throw away a first segment that is being decrypted (AES-128), hls.js
  // 1.7 loads nothing any more. Such a choice waits until the segment is there.
  let decrypting = false;
  let chosen = -1;
  hls.on(Hls.Events.KEY_LOADING, (_, {frag}) => { decrypting ||= frag.sn === 1 && frag.decryptdata?.method === 'AES-128'; });
  hls.on(Hls.Events.FRAG_BUFFERED, (_, {frag}) => {
    if (!decrypting || frag.type !== 'main') return;
    decrypting = false;
    if (chosen >= 0) hls.currentLevel = chosen;
  });
  const find = (address) => {
    const group = hls.audioTracks[hls.audioTrack]?.groupId;
    const of = (l) => l.uri === address;
    return Math.max(hls.levels.findIndex((l) => of(l) && group && l.hasAudioGroup(group)), hls.levels.findIndex(of));
  };
  return {
    renditions: addresses.map((address, value) => {
      const l = hls.levels.findLast((l) => l.uri === address);
      return {value, height: l.height, codec: codecName(l.videoCodec), range: l.videoRange, bitrate: l.bitrate};
    }),
    choose: (value) => {
      chosen = value === 'auto' ? -1 : find(addresses[value]);
      if (!decrypting) hls.currentLevel = chosen;
    },
  };
}

// Sounds repeat in several audio groups; the player finds the right group.
const sameSound = (a) => (b) => a.name === b.name && a.lang === b.lang && a.channels === b.channels && a.audioCodec === b.audioCodec;
const hlsSounds = (hls) => hls.allAudioTracks.filter((t, i, all) => all.findIndex(sameSound(t)) === i);

function hlsTracks(hls) {
  const tracks = hlsSounds(hls);
  let wanted;
  // take plays the wanted sound if the current audio group has it. After a change
  // of group, hls.js alone would look for what played before.
  const take = () => {
    const here = wanted ? hls.audioTracks.findIndex(sameSound(wanted)) : -1;
    if (here >= 0) hls.audioTrack = here;
    return here >= 0;
  };
  hls.on(Hls.Events.AUDIO_TRACKS_UPDATED, take);
  return {
    tracks: tracks.map((t, value) => ({
      value, name: t.name, language: t.lang, channels: parseInt(t.channels) || 0, codec: codecName(t.audioCodec),
    })),
    track: Math.max(tracks.findIndex((t) => t.default), 0),
    chooseTrack: (value) => {
      wanted = tracks[value];
      if (take()) return;
      // It is in other groups, which other levels of the same rendition name.
      const groups = hls.allAudioTracks.filter(sameSound(wanted)).map((t) => t.groupId);
      const address = hls.levels[Math.max(hls.loadLevel, 0)].uri;
      const level = hls.levels.findIndex((l) => l.uri === address && groups.some((g) => l.hasAudioGroup(g)));
      if (level < 0) return;
      if (hls.autoLevelEnabled) hls.nextLoadLevel = level;
      else hls.loadLevel = level;
    },
  };
}

function hlsTexts(hls) {
  const texts = hls.allSubtitleTracks;
  return {
    texts: texts.map((t, value) => ({
      value, name: t.name, language: t.lang, forced: t.forced,
      described: (t.characteristics || '').includes('describes-music-and-sound'),
    })),
    text: hls.subtitleTrack < 0 ? 'off' : hls.subtitleTrack,
    chooseText: (value) => {
      hls.subtitleDisplay = value !== 'off';
      hls.subtitleTrack = value === 'off' ? -1 : Number(value);
    },
  };
}

// bufferedAhead is how many seconds from now on could be shown at once.
function bufferedAhead(video) {
  for (let i = 0; i < video.buffered.length; i++) {
    const now = video.currentTime;
    if (video.buffered.start(i) <= now && now < video.buffered.end(i)) return video.buffered.end(i) - now;
  }
  return 0;
}
