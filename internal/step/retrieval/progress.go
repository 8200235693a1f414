package retrieval

import "github.com/via-orchestrate/orchestrate/internal/step"

// progress turns bytes of the file at hand into the share of the step. Each
// file counts the same: lengths are not known before they are asked for.
type progress struct {
	report func(float64)
	files  int
	done   int
}

func newProgress(job step.Job) *progress {
	p := &progress{report: job.Progress}
	for _, fs := range job.Inputs {
		p.files += len(fs.Files)
	}
	return p
}

// bytes reports that size of total bytes of the file are there; total is
// negative when it is not known.
func (p *progress) bytes(size, total int64) {
	if total > 0 && size <= total {
		p.report((float64(p.done) + float64(size)/float64(total)) / float64(p.files))
	}
}

// next reports that the file is done.
func (p *progress) next() {
	p.done++
	p.report(float64(p.done) / float64(p.files))
}
