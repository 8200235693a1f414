package main

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"
)

const (
	// tenant is the one that is measured; it has most of the ingests.
	tenant   = "broadcaster"
	profiles = 200
	// rareProfile and rareStatus are few, and rarest together.
	rareProfile = "profile-199"
	rareStatus  = "CANCELLED"
	// largeAsset has 5,000 ingests, or a tenth where there are fewer.
	largeAsset = "1"
	// detailEvery is which of the ingests has its 20 tasks written. Lists never
	// look at tasks; to write all of them would take hours.
	detailEvery = 500
	detailTasks = 20
)

// row is an ingest of the mix.
type row struct {
	id, tenant, asset, profile, status, message string
	start, end                                  int64 // ms
	progress                                    int
}

// mix makes ingests, oldest first, the same ones each time.
type mix struct {
	random *rand.Rand
	n      int
	at     int64
}

func newMix(n int) *mix {
	return &mix{random: rand.New(rand.NewPCG(1, uint64(n))), n: n, at: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()} //nolint:gosec // Repeatable, not secret.
}

// next makes the i-th ingest.
func (m *mix) next(i int) row {
	m.at += m.random.Int64N(60_000) // Some fall into the same millisecond.
	r := row{
		id: m.id(), tenant: m.tenant(), asset: m.asset(), profile: m.profile(),
		start: m.at, end: m.at + 1000 + m.random.Int64N(3_600_000),
	}
	r.status, r.progress = m.status()
	if r.status == "FAILED" {
		r.message = "main.mp4 cannot be decoded from 00:12:31 on. Ask for the file again."
	}
	if i%(m.n/10) == 0 { // A handful of what is rarest, all over the time.
		r.tenant, r.profile, r.status = tenant, rareProfile, rareStatus
	}
	return r
}

func (m *mix) id() string {
	var b [16]byte
	for i := range b {
		b[i] = byte(m.random.Uint32())
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80 // version 4
	return uuid.UUID(b).String()
}

func (m *mix) tenant() string {
	switch p := m.random.IntN(100); {
	case p < 60:
		return tenant
	case p < 85:
		return "sports"
	default:
		return fmt.Sprint("regional-", p%3)
	}
}

// asset: most have a few ingests, one has thousands.
func (m *mix) asset() string {
	if m.random.IntN(m.n) < min(5000, m.n/10) {
		return largeAsset
	}
	return fmt.Sprint(2 + m.random.IntN(m.n/4+1))
}

// profile: a few are used most, as everywhere, and the last hardly ever.
func (m *mix) profile() string {
	k := int(math.Pow(profiles, m.random.Float64())) - 1
	if k == profiles-1 && m.random.IntN(1000) > 0 {
		k = 0
	}
	return fmt.Sprintf("profile-%03d", k)
}

func (m *mix) status() (status string, progress int) {
	switch p := m.random.IntN(1000); {
	case p < 880:
		return "COMPLETED", 100
	case p < 970:
		return "SKIPPED", 20
	case p < 999:
		return "FAILED", 40
	default:
		return rareStatus, 60
	}
}

// input is the document of an ingest, of the usual 3 KB.
func input(r row) string {
	text, _ := json.Marshal(map[string]any{ // These values always have a JSON form.
		"filesets": []any{map[string]any{"files": []any{map[string]any{"uri": "https://origin.example/" + r.asset + "/main.mp4"}}, "labels": []string{"initialInput"}}},
		"profile":  map[string]any{"name": r.profile, "steps": strings.Repeat("a step of the profile, ", 120)},
	})
	return string(text)
}

// filesets are what a task took in, or put out, of the usual 1 KB.
func filesets(r row, step int) string {
	text, _ := json.Marshal(map[string]any{
		"filesets": []any{map[string]any{
			"files":  []any{map[string]any{"uri": fmt.Sprintf("file:///media/%s/%d/%s", r.id, step, strings.Repeat("segment-", 100))}},
			"labels": []string{"encoded", "HLS"},
		}},
	})
	return string(text)
}
