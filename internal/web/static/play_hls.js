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
    page.failed(e.type + ' ' + e.details + (e.error ? ': ' + e.error.message : ''), e.fatal);
  });
  hls.on(Hls.Events.MANIFEST_LOADED, (_, {levels}) => {
    // What hls.js leaves out for its codecs is known after this event.
    const offered = new Set(levels.map((l) => codecName(l.videoCodec || l.audioCodec)));
    hls.once(Hls.Events.MANIFEST_PARSED, () => {
      for (const l of hls.levels) offered.delete(codecName(l.videoCodec || l.audioCodec));
      for (const name of offered) page.note(name + ' is not played by this browser.');
    });
  });
  hls.on(Hls.Events.MANIFEST_PARSED, () => page.ready({
    ...hlsRenditions(hls), ...hlsTracks(hls), ...hlsTexts(hls),
  }));
  hls.on(Hls.Events.SUBTITLE_TRACK_SWITCH, (_, {id}) => page.showing({text: id < 0 ? 'off' : id}));
  hls.loadSource(address);
  hls.attachMedia(video);
}

// A rendition is there once for each audio group. The one of the group that
// plays is chosen, so that the sound stays.
function hlsRenditions(hls) {
  const addresses = [...new Set(hls.levels.map((l) => l.uri))];
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
    choose: (value) => { hls.currentLevel = value === 'auto' ? -1 : find(addresses[value]); },
  };
}

// Names repeat in each audio group; the player finds the right group.
function hlsTracks(hls) {
  const same = (a) => (b) => a.name === b.name && a.lang === b.lang && a.channels === b.channels && a.audioCodec === b.audioCodec;
  const tracks = hls.allAudioTracks.filter((t, i, all) => all.findIndex(same(t)) === i);
  return {
    tracks: tracks.map((t, value) => ({
      value, name: t.name, language: t.lang, channels: parseInt(t.channels) || 0, codec: codecName(t.audioCodec),
    })),
    track: Math.max(tracks.findIndex((t) => t.default), 0),
    chooseTrack: (value) => {
      const {name, lang, channels, audioCodec} = tracks[value];
      hls.setAudioOption({name, lang, channels, audioCodec});
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
