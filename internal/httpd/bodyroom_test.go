package httpd

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// A large body waits for room for a while; a small one needs none.
func TestLargeBodiesWaitForRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newBodyRoom()
		rule := bodyRule{limit: maxImport}
		read := func(size int, place *bodyPlace) (*httptest.ResponseRecorder, error) {
			w := httptest.NewRecorder()
			r := httptest.NewRequestWithContext(t.Context(), "POST", "/imports", strings.NewReader(strings.Repeat("1", size)))
			data, err := rule.readAll(w, r, place)
			if err == nil && len(data) != size {
				t.Errorf("%d bytes of %d", len(data), size)
			}
			return w, err
		}
		first := room.place()
		if _, err := read(maxImport, first); err != nil {
			t.Fatal(err)
		}
		if _, err := read(smallBody, room.place()); err != nil {
			t.Errorf("a small body: %v", err)
		}
		w, err := read(smallBody+1, room.place())
		if vod.CodeOf(err) != vod.Unavailable || w.Header().Get("Retry-After") != "10" {
			t.Errorf("a large body: %v, %v", err, w.Header())
		}
		waits := make(chan error)
		go func() {
			second := room.place()
			defer second.leave()
			_, err := read(smallBody+1, second)
			waits <- err
		}()
		synctest.Wait()
		first.leave()
		if err := <-waits; err != nil {
			t.Errorf("with room again: %v", err)
		}
	})
}

// The rows of an import are counted in lists too.
func TestImportRows(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`{}`: 1, `1`: 1, `[]`: 0, `[1,{},[]]`: 3, `{"items":[1,{"items":[1]},3]}`: 4, `[{"count":2,"items":[1,2]},{"items":7}]`: 4, `{"items":[`: 2,
	} {
		if got := importRows([]byte(text)); got != want {
			t.Errorf("%s: %d, want %d", text, got, want)
		}
	}
	s := setup(t, &memory{}, nil)
	s.send(t, "POST", "/imports", "["+strings.Repeat("1,", maxImportRows)+"1]").is(t, 413, "more than 100000 documents")
	if len(s.imported) > 0 {
		t.Errorf("imported %d", len(s.imported))
	}
}
