// Package bench measures the whole program against stated limits: what an
// ingest costs beside the bare ffmpeg commands that it runs, and how many
// ingests without media work the control plane carries. It holds benchmarks
// only; "make bench" runs them. They print ratios and spreads and never fail
// on time.
package bench
