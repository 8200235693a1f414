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

func measureCase(ctx context.Context, o options, c testCase, server, reference *process, token string) (result, error) {
	conns, closeAll, err := dialAll(ctx, server.address(), token)
	if err != nil {
		return result{}, err
	}
	defer closeAll()
	limits, closeLimits, err := dialAll(ctx, reference.address(), token)
	if err != nil {
		return result{}, err
	}
	defer closeLimits()

	next := 0
	var body bytes.Buffer
	if err := conns[0].get(c.path(next), &body); err != nil {
		return result{}, err
	}
	if err := setLimit(ctx, reference, body.Bytes()); err != nil {
		return result{}, err
	}
	r := result{testCase: c, bytes: body.Len()}
	var rates, bounds, ratios []float64
	var each []time.Duration
	for range o.Rounds {
		bound, err := load(ctx, limits, c.path, new(int), o.Round)
		if err != nil {
			return result{}, err
		}
		got, err := load(ctx, conns, c.path, &next, o.Round)
		if err != nil {
			return result{}, err
		}
		alone, err := load(ctx, conns[:1], c.path, &next, o.Round)
		if err != nil {
			return result{}, err
		}
		rates, bounds = append(rates, got.perSecond()), append(bounds, bound.perSecond())
		ratios = append(ratios, got.perSecond()/bound.perSecond())
		each = append(each, alone.each...)
	}
	r.perSecond, r.limit, r.ratio = median(rates), median(bounds), median(ratios)
	slices.Sort(each)
	r.p50, r.p99 = each[len(each)/2], each[len(each)*99/100]
	return r, nil
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
