// Package quality measures how near renditions are to their source: the
// structural similarity (SSIM: Wang et al., IEEE Transactions on Image
// Processing 13(4), 2004) of luma, over a few windows of consecutive frames.
//
// Both sides are compared at the size at which the source is shown, at most
// 1080 lines, as a player shows a small rendition on a large screen; that is
// also how VMAF is practised. The source goes through the same filters for
// frame rate, fields and colours as it did for the encode, so that what is
// measured is what scaling and encoding lose.
//
// Frames are told apart by their number, never by their time. Each window is one
// run of ffmpeg that decodes the source once and all renditions beside it.
package quality
