package objectstore_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestObjectsThatAreNotDeleted: the request succeeds, and its answer tells of
// each object why it stays.
func TestObjectsThatAreNotDeleted(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]struct {
		class  vod.Class
		reason vod.Reason
	}{
		"AccessDenied":  {vod.ClassConfig, vod.ReasonForbidden},
		"InternalError": {vod.ClassRemote, vod.ReasonUnreachable},
		"SlowDown":      {vod.ClassRemote, vod.ReasonRateLimited},
		"ObjectLocked_": {vod.ClassInfra, vod.ReasonInternal},
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/xml")
			_, _ = fmt.Fprintf(w, `<DeleteResult><Error><Key>a</Key><Code>%s</Code><Message>No.</Message></Error></DeleteResult>`, code)
		}))
		t.Cleanup(s.Close)
		o := objectstore.Options{Credentials: credentials.NewStaticCredentialsProvider("id", "secret", "")}
		wantError(t, code, open(t, o, s.URL, "b").Delete(t.Context(), "a"), want.class, want.reason)
	}
}
