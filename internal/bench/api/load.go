package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
)

// connection is a client that does as little as HTTP/1.1 allows: it shares the
// processors with what is measured.
type connection struct {
	net.Conn
	in     *bufio.Reader
	header []byte // of every request, after its first line
	out    []byte
}

func dial(ctx context.Context, address, token string) (*connection, error) {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	header := " HTTP/1.1\r\nHost: " + address + "\r\nX-Vimond-Tenant: " + tenant + "\r\n"
	if token != "" {
		header += "Authorization: Bearer " + token + "\r\n"
	}
	return &connection{Conn: c, in: bufio.NewReaderSize(c, 64<<10), header: []byte(header + "\r\n")}, nil
}

// get asks for a path and reads the answer; body is good until the next call.
func (c *connection) get(path string, body *bytes.Buffer) error {
	c.out = append(append(append(c.out[:0], "GET "...), path...), c.header...)
	if _, err := c.Write(c.out); err != nil {
		return err
	}
	status, err := c.in.ReadSlice('\n')
	if err != nil {
		return err
	}
	refused := !bytes.HasPrefix(status, []byte("HTTP/1.1 200"))
	first := string(status)
	length := -1
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if name, value, _ := bytes.Cut(line, []byte(": ")); len(name) == 14 && bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return fmt.Errorf("%s: the answer has no Content-Length", path)
	}
	if body == nil && !refused {
		_, err = c.in.Discard(length)
		return err
	}
	var text bytes.Buffer
	if body == nil {
		body = &text
	}
	body.Reset()
	if _, err := io.CopyN(body, c.in, int64(length)); err != nil {
		return err
	}
	if refused {
		return fmt.Errorf("%s: %s: %s", path, bytes.TrimSpace([]byte(first)), body)
	}
	return nil
}

// loaded is what came of asking for a while.
type loaded struct {
	requests int
	took     time.Duration
	each     []time.Duration // of the requests, in no order
}

func (l loaded) perSecond() float64 { return float64(l.requests) / l.took.Seconds() }

// load asks over as many connections as there are, each at once again when it
// has its answer, for the time given. next numbers the requests.
func load(ctx context.Context, conns []*connection, path func(int) string, next *int, duration time.Duration) (loaded, error) {
	began := time.Now()
	parts := make([]loaded, len(conns))
	errs := make([]error, len(conns))
	var all sync.WaitGroup
	for k, c := range conns {
		all.Go(func() {
			for i := *next + k; ; i += len(conns) {
				asked := time.Now()
				if asked.Sub(began) >= duration || ctx.Err() != nil {
					return
				}
				if errs[k] = c.get(path(i), nil); errs[k] != nil {
					return
				}
				parts[k].requests++
				parts[k].each = append(parts[k].each, time.Since(asked))
			}
		})
	}
	all.Wait()
	sum := loaded{took: time.Since(began)}
	most := 0
	for _, p := range parts {
		sum.requests += p.requests
		sum.each = append(sum.each, p.each...)
		most = max(most, p.requests)
	}
	*next += (most + 1) * len(conns)
	return sum, errors.Join(append(errs, ctx.Err())...)
}
