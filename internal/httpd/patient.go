package httpd

import (
	"io"
	"net/http"
	"time"
)

const (
	// writePatience is how long a client may take for a piece of an answer.
	writePatience = time.Minute
	// restPatience is how long the rest of a body may take that nobody wants. It
	// is part of writePatience, for the answer waits for it.
	restPatience = 10 * time.Second
	// writePiece is the largest piece in bytes: a client slower than some 70 kB/s
	// could not play what it is given anyway.
	writePiece = 4 << 20
)

// patient keeps slow clients from holding connections for ever: a body has
// bodyPatience to arrive, and every piece of an answer the patience to leave.
// Handlers of large bodies set their own read deadlines.
func patient(next http.Handler, patience time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn := http.NewResponseController(w)
		if r.ContentLength != 0 {
			// Not without a body: the deadline would end a long answer.
			_ = conn.SetReadDeadline(time.Now().Add(bodyPatience))
		}
		next.ServeHTTP(&patientWriter{w, conn, patience}, r)
		// What is left to do is the server's: it takes in the rest of a body that
		// nobody read, and sends what is in its buffers, such as a 204.
		now := time.Now()
		if r.ContentLength != 0 {
			_ = conn.SetReadDeadline(now.Add(min(restPatience, patience)))
		}
		_ = conn.SetWriteDeadline(now.Add(patience))
	})
}

// patientWriter sets a deadline for each piece. A connection without deadlines
// is that of a test.
type patientWriter struct {
	http.ResponseWriter
	conn     *http.ResponseController
	patience time.Duration
}

// Write implements http.ResponseWriter.
func (w *patientWriter) Write(p []byte) (written int, err error) {
	for {
		piece := p[written:min(len(p), written+writePiece)]
		_ = w.conn.SetWriteDeadline(time.Now().Add(w.patience))
		n, err := w.ResponseWriter.Write(piece)
		written += n
		if err != nil || written == len(p) {
			return written, err
		}
	}
}

// ReadFrom implements io.ReaderFrom, so that files are still sent by the
// kernel: it takes them from a LimitedReader, but not from one within another.
func (w *patientWriter) ReadFrom(src io.Reader) (written int64, err error) {
	limited, ok := src.(*io.LimitedReader)
	if !ok {
		limited = &io.LimitedReader{R: src, N: 1<<63 - 1}
	}
	for {
		piece := &io.LimitedReader{R: limited.R, N: min(limited.N, writePiece)}
		asked := piece.N
		_ = w.conn.SetWriteDeadline(time.Now().Add(w.patience))
		n, err := io.Copy(w.ResponseWriter, piece)
		written += n
		limited.N -= n
		if err != nil || n < asked || limited.N == 0 {
			return written, err
		}
	}
}

// Unwrap serves [http.ResponseController].
func (w *patientWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
