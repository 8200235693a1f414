package objectstore_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/via-orchestrate/orchestrate/internal/objectstore"
	"github.com/via-orchestrate/orchestrate/internal/s3test"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// TestRole: a role is assumed by a session that names the tenant, with what the
// standard chain finds in the environment.
func TestRole(t *testing.T) {
	server := s3test.Start(t)
	name := server.Bucket(t)
	var sessions []string
	refuse := false
	sts := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		if refuse {
			w.WriteHeader(http.StatusForbidden)
			_, _ = fmt.Fprint(w, `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>`)
			return
		}
		sessions = append(sessions, r.PostFormValue("RoleSessionName")+" "+r.PostFormValue("RoleArn"))
		_, _ = fmt.Fprintf(w, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey>`+
			`<SessionToken></SessionToken><Expiration>%s</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
			server.AccessKey, server.SecretKey, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}))
	defer sts.Close()
	for _, line := range server.Env() {
		key, value, _ := strings.Cut(line, "=")
		t.Setenv(key, value)
	}
	t.Setenv("AWS_ENDPOINT_URL_STS", sts.URL)
	const role = "arn:aws:iam::123456789012:role/media"
	list := func(clients *objectstore.Clients, role, tenant string) error {
		bucket, err := clients.Bucket(t.Context(), objectstore.Access{Endpoint: server.Endpoint, Region: server.Region, Role: role, Tenant: tenant}, name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = bucket.Any(t.Context(), "")
		return err
	}
	clients := objectstore.New(objectstore.Options{Attempts: 1})
	for range 3 {
		if err := list(clients, role, "acme film/tv"); err != nil {
			t.Fatal(err)
		}
	}
	if len(sessions) != 1 || sessions[0] != "orchestrate-acme-film-tv "+role {
		t.Errorf("sessions: %q", sessions)
	}
	if err := list(clients, "", "acme"); err != nil {
		t.Errorf("without a role: %v", err)
	}
	refuse = true
	err := list(objectstore.New(objectstore.Options{Attempts: 1}), role, "acme")
	wantError(t, "refused", err, vod.ClassConfig, vod.ReasonConfig)
	if se := vod.AsStepError(err); !strings.Contains(se.Message, role) {
		t.Errorf("refused: %s", se.Message)
	}
	sts.Close()
	wantError(t, "away", list(objectstore.New(objectstore.Options{Attempts: 1}), role, "acme"), vod.ClassRemote, vod.ReasonUnreachable)
	for _, line := range server.Env() {
		if key, _, _ := strings.Cut(line, "="); strings.Contains(key, "ACCESS_KEY") {
			if err := os.Unsetenv(key); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, role := range []string{"", role} {
		err := list(objectstore.New(objectstore.Options{Attempts: 1}), role, "acme")
		wantError(t, "no credentials", err, vod.ClassConfig, vod.ReasonConfig)
		if se := vod.AsStepError(err); !strings.Contains(se.Message, "No credentials were found for bucket "+name) {
			t.Errorf("no credentials: %s", se.Message)
		}
	}
}
