package main

import (
	"bytes"
	"context"
	"slices"
	"time"
)

const (
	// clients ask at once where requests per second are counted.
	// The time of each request is taken with one client alone: on two processors
	// the queue of more of them would be most of what is measured.
	clients = 8
)

// result is what was measured of one case.
type result struct {
	testCase
	n       int
	signIn  bool
	updates bool

	perSecond float64 // median of the rounds
	limit     float64 // the same of the limit
	ratio     float64 // median of the rounds' ratios
	p50, p99  time.Duration
	bytes     int
}

// measureCase measures the case of that number on all subjects. The limit and
// the subjects take turns, so that all meet what else goes on on the machine;
// updates are made on the subject whose turn it is.
func measureCase(ctx context.Context, o options, number int, subjects []*subject, reference *process, updates bool) (results []result, err error) {
	var runs []*run
	defer func() {
		for _, r := range runs {
			r.close()
		}
	}()
	for _, s := range subjects {
		r, err := newRun(ctx, s, number, reference)
		if err != nil {
			return nil, err
		}
		r.updates = updates
		runs = append(runs, r)
	}
	for range o.Rounds {
		for _, r := range runs {
			if err := r.turn(ctx, o, reference); err != nil {
				return nil, err
			}
		}
	}
	for _, r := range runs {
		results = append(results, r.finish())
	}
	return results, nil
}

// run is a case on a subject.
type run struct {
	result
	subject       *subject
	conns, limits []*connection
	closers       []func()
	body          []byte
	next          int

	rates, bounds, ratios []float64
	each                  []time.Duration
}

func newRun(ctx context.Context, s *subject, number int, reference *process) (_ *run, err error) {
	r := &run{subject: s, result: result{testCase: cases(s.db)[number], n: s.db.N, signIn: s.signIn}}
	for _, to := range []struct {
		conns   *[]*connection
		address string
	}{{&r.conns, s.server.address()}, {&r.limits, reference.address()}} {
		conns, closeAll, err := dialAll(ctx, to.address, s.token)
		if err != nil {
			r.close()
			return nil, err
		}
		*to.conns, r.closers = conns, append(r.closers, closeAll)
	}
	var body bytes.Buffer
	if err := r.conns[0].get(r.path(0), &body); err != nil {
		r.close()
		return nil, err
	}
	r.body, r.bytes = body.Bytes(), body.Len()
	return r, nil
}

func (r *run) close() {
	for _, c := range r.closers {
		c()
	}
}

// turn asks the limit, then the server, then the server alone.
func (r *run) turn(ctx context.Context, o options, reference *process) error {
	if err := setLimit(ctx, reference, r.body); err != nil {
		return err
	}
	r.subject.work.updating.Store(r.updates)
	defer r.subject.work.updating.Store(false)
	bound, err := load(ctx, r.limits, r.path, new(int), o.Round)
	if err != nil {
		return err
	}
	got, err := load(ctx, r.conns, r.path, &r.next, o.Round)
	if err != nil {
		return err
	}
	alone, err := load(ctx, r.conns[:1], r.path, &r.next, o.Round)
	if err != nil {
		return err
	}
	r.rates, r.bounds = append(r.rates, got.perSecond()), append(r.bounds, bound.perSecond())
	r.ratios = append(r.ratios, got.perSecond()/bound.perSecond())
	r.each = append(r.each, alone.each...)
	return nil
}

func (r *run) finish() result {
	r.perSecond, r.limit, r.ratio = median(r.rates), median(r.bounds), median(r.ratios)
	slices.Sort(r.each)
	r.p50, r.p99 = r.each[len(r.each)/2], r.each[len(r.each)*99/100]
	return r.result
}

func dialAll(ctx context.Context, address, token string) (conns []*connection, closeAll func(), err error) {
	closeAll = func() {
		for _, c := range conns {
			_ = c.Close()
		}
	}
	for range clients {
		c, err := dial(ctx, address, token)
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		conns = append(conns, c)
	}
	return conns, closeAll, nil
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
