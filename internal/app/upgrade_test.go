package app_test

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/via-orchestrate/orchestrate/client"
	"github.com/via-orchestrate/orchestrate/internal/app"
	"github.com/via-orchestrate/orchestrate/internal/apptest"
	"github.com/via-orchestrate/orchestrate/internal/config"
)

// oldStore is what testdata/upgrade/make.sh made with an earlier release.
type oldStore struct {
	data    string
	ids     struct{ Completed, Skipped, Killed, Queued, Key, Body string }
	answers []struct {
		Tenant, Path, Body string
		Status             int
	}
}

// TestUpgrade starts this release on the data folder that an earlier one left
// when it was killed in the middle of its work. Everything that was over is
// answered byte for byte as by that release, but for keys that are new; what was not goes on to its end.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	old := openOld(t)
	c, a := apptest.Serve(t, "--data", old.data, "--public-url", "https://media.example.com")
	backups, err := filepath.Glob(filepath.Join(old.data, "backups", "orchestrate-schema1-*.db"))
	if err != nil || len(backups) != 1 {
		t.Errorf("the backups are %q, %v", backups, err)
	}
	old.checkAnswers(t, a)
	accepted, err := c.Submit(t.Context(), old.submission(t), old.ids.Key)
	if err != nil || accepted.IngestID != old.ids.Completed {
		t.Errorf("the repeated request gives %+v, %v", accepted, err)
	}

	killed := waitOver(t, c, old.ids.Killed)
	if killed.Status != client.IngestStatusCOMPLETED {
		t.Errorf("the ingest that was killed ended %s", killed.Status)
	}
	attempts := map[string]int{}
	for _, task := range killed.Tasks {
		detail, err := c.Task(t.Context(), killed.IngestID, task.ID)
		if err != nil {
			t.Fatal(err)
		}
		attempts[string(task.Name)] = detail.Attempt
	}
	if attempts["RETRIEVAL"] != 1 || attempts["ENCODING"] != 2 {
		t.Errorf("the attempts are %v", attempts)
	}
	if queued := waitOver(t, c, old.ids.Queued); queued.Status != client.IngestStatusCOMPLETED {
		t.Errorf("the ingest that waited ended %s", queued.Status)
	}
	for _, asset := range []string{"4", "5"} {
		if p, err := c.Playback(t.Context(), asset); err != nil || p.HLS == nil || p.DASH == nil {
			t.Errorf("asset %s plays %+v, %v", asset, p, err)
		}
	}
	old.checkAnswers(t, a)

	// The skipped ingest goes on naming files of the one that is deleted.
	if err := c.Delete(t.Context(), old.ids.Completed); err != nil {
		t.Fatal(err)
	}
	if left := filesBelow(t, filepath.Join(old.data, "store", "default", old.ids.Completed)); len(left) != 2 {
		t.Errorf("of the deleted ingest %q are left", left)
	}
	if err := c.Delete(t.Context(), old.ids.Skipped); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for len(filesBelow(t, filepath.Join(old.data, "store", "default", old.ids.Completed))) > 0 {
		select {
		case <-ctx.Done():
			t.Fatal("the files stay after their last user has gone")
		case <-tick.C:
		}
	}
}

// TestRetentionAtStart: what is old goes when the server starts; what plays
// stays.
func TestRetentionAtStart(t *testing.T) {
	t.Parallel()
	old := openOld(t)
	c, a := apptest.Serve(t, "--data", old.data, "--public-url", "https://media.example.com", "--retention-ingests", "1ms")
	waitOver(t, c, old.ids.Queued) // At the latest by then the first pass is over.
	for _, path := range []string{"/ingests/7dd40659-2494-45bc-b533-83e7deb97155", "/ingests/" + old.ids.Skipped} {
		for _, tenant := range []string{"vimond", "default"} {
			if status, body := ask(t, a.URL()+path, tenant); status != http.StatusNotFound {
				t.Errorf("%s is still there: %s", path, body)
			}
		}
	}
	if p, err := c.Playback(t.Context(), "1"); err != nil || p.IngestID != old.ids.Completed {
		t.Errorf("asset 1 plays %+v, %v", p, err)
	}
	if left := filesBelow(t, filepath.Join(old.data, "store", "default", old.ids.Completed)); len(left) == 0 {
		t.Error("the files of what plays are gone")
	}
}

func filesBelow(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

// TestBackupsOpen: the copy that is made before the change of the schema, and
// one that is made of a server at work, can be served in place of the store.
func TestBackupsOpen(t *testing.T) {
	t.Parallel()
	old := openOld(t)
	_, a := apptest.Serve(t, "--data", old.data, "--public-url", "https://media.example.com")
	made, err := filepath.Glob(filepath.Join(old.data, "backups", "*.db"))
	if err != nil || len(made) != 1 {
		t.Fatalf("the backups are %q, %v", made, err)
	}
	byHand := filepath.Join(t.TempDir(), "backup.db")
	if err := app.Backup(t.Context(), config.Config{DB: "sqlite:" + filepath.Join(old.data, "orchestrate.db")}, byHand); err != nil {
		t.Fatal(err)
	}
	if err := a.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, backup := range []string{made[0], byHand} {
		if err := os.Rename(backup, filepath.Join(old.data, "orchestrate.db")); err != nil {
			t.Fatal(err)
		}
		_, a := apptest.Serve(t, "--data", old.data, "--public-url", "https://media.example.com")
		old.checkAnswers(t, a)
		if err := a.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

func (old *oldStore) submission(t *testing.T) (s client.Submission) {
	t.Helper()
	if err := json.Unmarshal([]byte(old.ids.Body), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func (old *oldStore) checkAnswers(t *testing.T, a *app.App) {
	t.Helper()
	for _, want := range old.answers {
		status, body := ask(t, a.URL()+want.Path, want.Tenant)
		body = added().Replace(body)
		if d := cmp.Diff(want.Body, body); d != "" || status != want.Status {
			t.Errorf("%s is answered with %d, want %d (-earlier +now):\n%s", want.Path, status, want.Status, d)
		}
	}
}

// added takes out what answers tell now and did not in the earlier release:
// there is nothing of it in that one's store.
func added() *strings.Replacer {
	return strings.NewReplacer(`,"report":null`, "", `,"thumbnails":null`, "", `,"needs":[]`, "", `,"priority":"NORMAL","dueTime":null`, "")
}

func ask(t *testing.T, url, tenant string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Vimond-Tenant", tenant)
	resp, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func waitOver(t *testing.T, c *client.Client, id string) *client.IngestDetail {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		detail, err := c.Get(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		switch detail.Status {
		case client.IngestStatusQUEUED, client.IngestStatusRUNNING, client.IngestStatusCANCELLING:
		default:
			return detail
		}
		select {
		case <-ctx.Done():
			t.Fatalf("ingest %s is still %s", id, detail.Status)
		case <-tick.C:
		}
	}
}

// openOld unpacks the earlier release's data folder for one test.
func openOld(t *testing.T) *oldStore {
	t.Helper()
	dir := t.TempDir()
	unpack(t, filepath.Join("testdata", "upgrade", "schema1.tar.gz"), dir)
	old := &oldStore{data: filepath.Join(dir, "data")}
	for name, into := range map[string]any{"ids.json": &old.ids, "answers.json": &old.answers} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		text = []byte(strings.ReplaceAll(string(text), "@DATA@", old.data))
		if err := json.Unmarshal(text, into); err != nil {
			t.Fatal(err)
		}
	}
	old.settle(t)
	return old
}

// settle puts the test's folder in place of the one that the store was made
// in: rows hold absolute paths. It also has the idempotency key outlive the
// seven days from when the store was made.
func (old *oldStore) settle(t *testing.T) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(old.data, "orchestrate.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for table, columns := range map[string][]string{
		"ingests": {"error"}, "ingest_inputs": {"input", "sources"}, "tasks": {"input", "outputs", "error"},
		"attempts": {"error", "command", "log"},
	} {
		for _, column := range columns {
			_, err := db.ExecContext(t.Context(), "UPDATE "+table+" SET "+column+" = replace("+column+", '@DATA@', ?) WHERE "+column+" IS NOT NULL", old.data)
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := db.ExecContext(t.Context(), "UPDATE idempotency SET expires_ms = ?", time.Now().Add(time.Hour).UnixMilli()); err != nil {
		t.Fatal(err)
	}
}

func unpack(t *testing.T, archive, dir string) {
	t.Helper()
	file, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	for entries := tar.NewReader(plain); ; {
		entry, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(entry.Name))
		if entry.FileInfo().IsDir() {
			err = os.MkdirAll(path, 0o750)
		} else {
			err = writeFrom(path, entries)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func writeFrom(path string, r io.Reader) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, r)
	return errors.Join(err, file.Close())
}
