// Package ffmpeg runs ffmpeg and ffprobe in a cage and reads what they say.
//
// Source files are hostile: they come from anywhere, and the demuxers and
// decoders that open them are large. So every run has
//
//   - no shell: arguments are passed as a vector, and file names always behind
//     the "file:" protocol, so that none is taken for an option or an address;
//   - a whitelist of protocols and one of demuxers that read nothing but the
//     file itself ([Input]): a playlist or concat script that is named like a
//     video could otherwise make ffmpeg open other files;
//   - limits on picture size, address space and size of written files;
//   - an environment of its own, so that neither secrets nor FFREPORT reach it;
//   - a process group of its own that is killed as a whole, and that the kernel
//     kills when the server dies in whatever way;
//   - a watch on media time: a process that lives but gets nowhere is killed.
//
// [Tools.Run] carries out a command line that somebody else made, reports
// progress, and turns failures into a [vod.StepError] that says whose fault it
// is. [Tools.Probe] tells what is in a file. Linux only.
package ffmpeg
