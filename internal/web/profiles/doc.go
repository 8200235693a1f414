// Package profiles is the pages of profiles: which there are, what each version
// says and does, how two of them differ, which ingests used which, and the
// editor that applies new ones. Start at [Routes].
//
// Documents are shown and edited as YAML (profile.YAML); the editor has them
// checked while somebody types, by the same use case that applies them, and
// names the line of each problem. Nothing is applied before the difference to
// the newest version was shown, and nothing over a version that was applied
// meanwhile: the form carries the version that it was opened with.
package profiles
