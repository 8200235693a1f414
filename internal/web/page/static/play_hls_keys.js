// Clear keys for hls.js. Whole segments (AES-128) it decrypts by itself. Samples
// in fMP4 are for the browser's Clear Key system (Encrypted Media Extensions,
// 9.1), which hls.js uses for EXT-X-KEY with KEYFORMAT="org.w3.clearkey" alone.
// In playlists the key is announced as RFC 8216, 4.3.2.4, has it: as "identity",
// with the address that answers the 16 bytes of the key. So these playlists are
// changed as they are read. Our own announce the key in both forms, of which
// hls.js would take "identity" for SAMPLE-AES, and then fail.
'use strict';

function clearKeySettings() {
  class Loader extends Hls.DefaultConfig.loader {
    load(context, config, callbacks) {
      const onSuccess = (response, ...rest) => {
        if (typeof response.data === 'string') response.data = forClearKey(response.data);
        callbacks.onSuccess(response, ...rest);
      };
      super.load(context, config, {...callbacks, onSuccess});
    }
  }
  const kid = (context) => base64url(context.decryptdata.keyId);
  return {
    pLoader: Loader,
    emeEnabled: Boolean(navigator.requestMediaKeySystemAccess), // In secure contexts alone.
    drmSystems: {
      'org.w3.clearkey': {
        licenseUrl: say('license'), // For messages alone; the request goes to that address.
        generateRequest: (type, data, context) => context.decryptdata.keyId ?
          {initDataType: 'keyids', initData: new TextEncoder().encode(JSON.stringify({kids: [kid(context)]})).buffer} :
          {initDataType: type, initData: data},
      },
    },
    licenseXhrSetup: (xhr, url, context) => xhr.open('GET', context.decryptdata.uri),
    licenseResponseCallback: (xhr, url, context) =>
      new TextEncoder().encode(JSON.stringify({keys: [{kty: 'oct', kid: kid(context), k: base64url(xhr.response)}], type: 'temporary'})).buffer,
  };
}

// forClearKey changes the keys of encrypted samples in fMP4, which is what
// playlists with EXT-X-MAP name. Those of other key systems stay as they are.
function forClearKey(playlist) {
  if (!playlist.includes('#EXT-X-MAP:')) return playlist;
  return playlist.replace(/^(#EXT-X-KEY:.*METHOD=SAMPLE-AES[^\r\n]*)(\r?\n)/gm, (line, tag, end) => {
    const format = tag.match(/KEYFORMAT="([^"]*)"/);
    if (!format) return tag + ',KEYFORMAT="org.w3.clearkey"' + end;
    return format[1] === 'identity' ? tag.replace(format[0], 'KEYFORMAT="org.w3.clearkey"') + end : line;
  });
}
