package upload

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// FuzzHeaders: the headers of an upload are refused by a fault that can be
// shown, or give a size and a plain file name.
func FuzzHeaders(f *testing.F) {
	f.Add("10", "filename ZmlsbS5tcDQ=,is_confidential")
	f.Add("-1", "filename Li4vLi4vZXRjL3Bhc3N3ZA==")
	f.Add("9223372036854775808", ",")
	f.Add("٠", "filename YQ==,filename Yg==")
	f.Fuzz(func(t *testing.T, size, metadata string) {
		r := httptest.NewRequestWithContext(t.Context(), "POST", "/uploads", nil)
		r.Header = http.Header{"Upload-Length": {size}}
		if n, err := sizeHeader(r, "Upload-Length"); err != nil {
			shownFault(t, err)
		} else if n < 0 {
			t.Fatalf("%q is %d bytes", size, n)
		}
		name, err := fileName(metadata)
		if err != nil {
			shownFault(t, err)
			return
		}
		if len(name) > maxName || !utf8.ValidString(name) || strings.ContainsAny(name, "/\\\x00") || strings.ContainsFunc(name, unicode.IsControl) || name == "." || name == ".." {
			t.Fatalf("the name %q", name)
		}
		if again := cleanName(name); again != name {
			t.Fatalf("%q became %q", name, again)
		}
	})
}

func shownFault(t *testing.T, err error) {
	t.Helper()
	var fault *vod.Fault
	if !errors.As(err, &fault) || fault.Code != vod.Invalid || len(fault.Message) > 1000 || strings.ContainsFunc(fault.Message, unicode.IsControl) {
		t.Fatalf("%T %.500q", err, err.Error())
	}
}
