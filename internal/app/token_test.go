package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/internal/auth"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

func wanted() vod.Token {
	return vod.Token{Name: "nightly", Tenants: []string{tenant}, Role: vod.Operator, Expires: time.Now().Add(time.Hour)}
}

// TestTokensBeforeTheFirstStart: the database is made for them, and the server
// then asks for them.
func TestTokensBeforeTheFirstStart(t *testing.T) {
	t.Parallel()
	c := configIn(filepath.Join(t.TempDir(), "data"))
	if _, err := ListTokens(t.Context(), c); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("listed out of nothing: %v", err)
	}
	if _, err := RevokeToken(t.Context(), c, "aaaabbbbcccc"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("revoked out of nothing: %v", err)
	}
	if exists(c.Data) {
		t.Fatal("looking made the data folder")
	}
	minted, text, err := CreateToken(t.Context(), c, wanted())
	if err != nil {
		t.Fatal(err)
	}
	a := newApp(t, c)
	checker, err := auth.New(auth.Config{Tokens: a.store})
	if err != nil {
		t.Fatal(err)
	}
	id, err := checker.Authenticate(t.Context(), text)
	if err != nil || id.Subject != "token nightly ("+minted.ID+")" {
		t.Errorf("got %+v, %v", id, err)
	}
	list, err := ListTokens(t.Context(), c) // While the server has the folder.
	if err != nil || len(list) != 1 || list[0].ID != minted.ID || strings.Contains(fmt.Sprint(list), text[18:]) {
		t.Errorf("got %+v, %v", list, err)
	}
	revoked, err := RevokeToken(t.Context(), c, minted.ID)
	if err != nil || revoked.State(time.Now()) != "revoked" {
		t.Errorf("got %+v, %v", revoked, err)
	}
	if _, err := RevokeToken(t.Context(), c, "zzzzzzzzzzzz"); vod.CodeOf(err) != vod.NotFound {
		t.Errorf("got %v", err)
	}
	if _, _, err := CreateToken(t.Context(), c, vod.Token{Role: vod.Admin}); vod.CodeOf(err) != vod.Invalid {
		t.Errorf("got %v", err)
	}
}

// TestNoDatabaseIsMadeBesideAServer that is about to make it.
func TestNoDatabaseIsMadeBesideAServer(t *testing.T) {
	t.Parallel()
	c := configIn(t.TempDir())
	for _, path := range []string{filepath.Join(c.Data, "lock"), c.SQLitePath() + ".lock"} {
		unlock, err := lock(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := CreateToken(t.Context(), c, wanted()); err == nil || !strings.Contains(err.Error(), "another server is at work") {
			t.Errorf("got %v", err)
		}
		if exists(c.SQLitePath()) {
			t.Error("the database was made")
		}
		if err := unlock(); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := CreateToken(t.Context(), c, wanted()); err != nil {
		t.Error(err) // Both locks were given back.
	}
}

// TestAnOlderDatabaseIsLeftAlone: a server may be at work on it, and it copies
// the database before it changes it.
func TestAnOlderDatabaseIsLeftAlone(t *testing.T) {
	t.Parallel()
	c := configIn(t.TempDir())
	if _, _, err := CreateToken(t.Context(), c, wanted()); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", c.SQLitePath())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)"); err != nil {
		t.Fatal(err)
	}
	version := func() (n int) {
		t.Helper()
		if err := db.QueryRowContext(t.Context(), "SELECT max(version_id) FROM goose_db_version").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := version()
	_, _, err = CreateToken(t.Context(), c, wanted())
	if vod.CodeOf(err) != vod.Conflict || !strings.Contains(err.Error(), "older release") {
		t.Errorf("got %v", err)
	}
	if _, err := ListTokens(t.Context(), c); vod.CodeOf(err) != vod.Conflict {
		t.Errorf("got %v", err)
	}
	if after := version(); after != before {
		t.Errorf("the schema went from version %d to %d", before, after)
	}
}

// mintingProcess is the data folder in which this program, started anew, mints
// tokens: as many as are asked for, one text a line.
const mintingProcess = "ORCHESTRATE_TEST_MINT_IN"

// TestMintingProcess is the other process of the test below.
func TestMintingProcess(t *testing.T) {
	dir := os.Getenv(mintingProcess)
	if dir == "" {
		return // Only run by itself.
	}
	for range 10 {
		_, text, err := CreateToken(t.Context(), configIn(dir), wanted())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(text) // To the test that started it.
	}
}

// TestTokensBesideAServerThatWrites: another process gets its tokens in, and the
// writes of the server go on meanwhile.
func TestTokensBesideAServerThatWrites(t *testing.T) {
	t.Parallel()
	c := configIn(t.TempDir())
	a := newApp(t, c)
	stop := make(chan struct{})
	var group sync.WaitGroup
	counts := make([]int, 4)
	for i := range counts {
		group.Go(func() { counts[i] = a.writeUntil(t, stop) })
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, "-test.run=^TestMintingProcess$")
	command.Env = append(os.Environ(), mintingProcess+"="+c.Data)
	began := time.Now()
	out, err := command.CombinedOutput()
	took := time.Since(began)
	close(stop)
	group.Wait()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	checker, err := auth.New(auth.Config{Tokens: a.store})
	if err != nil {
		t.Fatal(err)
	}
	minted := 0
	for line := range strings.Lines(string(out)) {
		if text := strings.TrimSpace(line); strings.HasPrefix(text, "orch_") {
			minted++
			if _, err := checker.Authenticate(t.Context(), text); err != nil {
				t.Error(err)
			}
		}
	}
	writes := 0
	for _, n := range counts {
		writes += n
		if n == 0 {
			t.Error("a writer of the server was kept out")
		}
	}
	if minted != 10 {
		t.Errorf("%d tokens were minted: %s", minted, out)
	}
	t.Logf("10 tokens in %s beside %d writes", took, writes)
}

// writeUntil changes an ingest again and again.
func (a *App) writeUntil(t *testing.T, stop <-chan struct{}) (writes int) {
	id := uuid.NewString()
	in := vod.Ingest{ID: id, Tenant: tenant, AssetID: "1", ProfileName: "p", Status: vod.Running, Start: vod.Now(), MediaKey: id}
	if _, err := a.store.IngestCreate(context.Background(), in, nil, vod.AuditEntry{}); err != nil {
		t.Error(err)
		return 0
	}
	for {
		select {
		case <-stop:
			return writes
		default:
		}
		err := a.store.IngestChange(context.Background(), id, func(run *vod.Run) error {
			run.Ingest.Progress = writes % 90
			return nil
		})
		if err != nil {
			t.Error(err)
			return writes
		}
		writes++
	}
}
