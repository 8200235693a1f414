#!/usr/bin/env bash
# Makes testdata/demo.mp4, the clip of `make demo`: 20 s of 1280x720 at 25 frames
# per second with a burnt-in timecode, a bar that runs through once a second, and
# two audio languages (English: a low tone, German: a higher one) that beep when
# the bar starts. Nothing in it is anybody else's work.
set -euo pipefail
cd "$(dirname "$0")/.."
font=${FONT:-/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf}
[[ -e $font ]] || {
	echo "make-clip: $font is not there; install fonts-dejavu-core or set FONT" >&2
	exit 1
}

text="drawtext=fontfile=$font:fontcolor=white:x=(w-text_w)/2"
ffmpeg -hide_banner -loglevel error -y \
	-f lavfi -i "gradients=size=1280x720:rate=25:duration=20:speed=0.006:c0=0x0b2545:c1=0x8d3b72:c2=0x13a89e:c3=0xf2a541:nb_colors=4:seed=7" \
	-f lavfi -i "smptehdbars=size=1280x64:rate=25:duration=20" \
	-f lavfi -i "color=c=white:size=12x64:rate=25:duration=20" \
	-f lavfi -i "sine=frequency=220:beep_factor=4:sample_rate=48000:duration=20" \
	-f lavfi -i "sine=frequency=330:beep_factor=4:sample_rate=48000:duration=20" \
	-filter_complex "
		[0][1]overlay=y=H-h[bars];
		[bars][2]overlay=x='mod(t\,1)*W':y=H-h[run];
		[run]$text:fontsize=92:y=200:text='Orchestrate',
		$text:fontsize=36:y=318:text='a video in\, a playable stream out',
		drawtext=fontfile=$font:fontcolor=white:fontsize=64:box=1:boxcolor=black@0.55:boxborderw=18:x=(w-text_w)/2:y=440:timecode='00\:00\:00\:00':rate=25,
		format=yuv420p[video];
		[3]volume=0.25,aformat=channel_layouts=stereo[english];
		[4]volume=0.25,aformat=channel_layouts=stereo[german]" \
	-map '[video]' -c:v libx264 -preset slow -crf 24 -g 50 -maxrate 900k -bufsize 1800k \
	-color_primaries bt709 -color_trc bt709 -colorspace bt709 \
	-map '[english]' -map '[german]' -c:a aac -b:a 64k \
	-metadata:s:a:0 language=eng -metadata:s:a:0 title=English \
	-metadata:s:a:1 language=deu -metadata:s:a:1 title=Deutsch \
	-disposition:a:0 default -disposition:a:1 0 \
	-fflags +bitexact -flags:v +bitexact -flags:a +bitexact -movflags +faststart \
	testdata/demo.mp4
