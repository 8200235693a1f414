package metrics

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"go.yaml.in/yaml/v3"
)

const (
	guideFile     = "../../docs/observability.md"
	alertsFile    = "../../deploy/prometheus/alerts.yaml"
	dashboardFile = "../../deploy/grafana/orchestrate.json"
)

var (
	descPattern  = regexp.MustCompile(`fqName: "(orchestrate_[a-z0-9_]+)".*variableLabels: \{([a-z,]*)\}`)
	rowPattern   = regexp.MustCompile("(?m)^\\| `(orchestrate_[a-z0-9_]+)` \\| [a-z]+ \\| ([^|]*)\\| [^|]+ \\|$")
	namePattern  = regexp.MustCompile(`\b(orchestrate_[a-z0-9_]+)(?:\{([^}]*)\})?`)
	labelPattern = regexp.MustCompile(`([a-z_]+)\s*(?:=~|!~|!=|=)\s*"`)
	partPattern  = regexp.MustCompile(`_(bucket|sum|count)$`)
)

// registered are the labels of all metrics of the program's own, by name.
func registered(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	m, descs := watched(t), make(chan *prometheus.Desc)
	go func() {
		m.registry.Describe(descs)
		close(descs)
	}()
	for d := range descs {
		if found := descPattern.FindStringSubmatch(d.String()); found != nil {
			all[found[1]] = found[2]
		}
	}
	return all
}

func load(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestGuide keeps the table of metrics in the guide equal to what is registered,
// labels and all.
func TestGuide(t *testing.T) {
	t.Parallel()
	documented := map[string]string{}
	for _, m := range rowPattern.FindAllStringSubmatch(string(load(t, guideFile)), -1) {
		documented[m[1]] = strings.NewReplacer("`", "", " ", "").Replace(m[2])
	}
	if d := cmp.Diff(registered(t), documented); d != "" {
		t.Errorf("(-registered +documented):\n%s", d)
	}
}

// TestQueriesInGuide: what it suggests to ask can be asked.
func TestQueriesInGuide(t *testing.T) {
	t.Parallel()
	_, queries, found := strings.Cut(string(load(t, guideFile)), "```promql\n")
	if !found {
		t.Fatal("there are no queries")
	}
	queries, _, _ = strings.Cut(queries, "```")
	askable(t, registered(t), strings.Split(strings.TrimSpace(queries), "\n"), 4)
}

// TestAlerts: an alert on a metric that there is not would never fire, and one
// that nobody knows what to do about would help nobody.
func TestAlerts(t *testing.T) {
	t.Parallel()
	var file struct {
		Groups []struct {
			Rules []struct{ Alert, Expr string }
		}
	}
	if err := yaml.Unmarshal(load(t, alertsFile), &file); err != nil {
		t.Fatal(err)
	}
	var queries, told []string
	for _, group := range file.Groups {
		for _, rule := range group.Rules {
			queries, told = append(queries, rule.Expr), append(told, rule.Alert)
		}
	}
	askable(t, registered(t), queries, 25)
	var explained []string
	for _, m := range regexp.MustCompile(`(?m)^\| (Orchestrate\w+) \|`).FindAllStringSubmatch(string(load(t, guideFile)), -1) {
		explained = append(explained, m[1])
	}
	if d := cmp.Diff(told, explained); d != "" {
		t.Errorf("the guide does not say what to do at each alert (-alert +guide):\n%s", d)
	}
}

// TestDashboard: a panel on a metric that there is not would stay empty.
func TestDashboard(t *testing.T) {
	t.Parallel()
	var board struct {
		Panels []struct {
			Type, Title string
			Targets     []struct{ Expr string }
		}
		Annotations struct{ List []struct{ Expr string } }
	}
	if err := json.Unmarshal(load(t, dashboardFile), &board); err != nil {
		t.Fatal(err)
	}
	var queries []string
	for _, panel := range board.Panels {
		if len(panel.Targets) == 0 && panel.Type != "row" {
			t.Errorf("the panel %q asks nothing", panel.Title)
		}
		for _, target := range panel.Targets {
			queries = append(queries, target.Expr)
		}
	}
	for _, a := range board.Annotations.List {
		queries = append(queries, a.Expr)
	}
	askable(t, registered(t), queries, 45)
}

// askable tells whether all metrics in the queries exist and have the labels by
// which they are chosen, and each query is about a metric of this program.
func askable(t *testing.T, metrics map[string]string, queries []string, least int) {
	t.Helper()
	if len(queries) < least {
		t.Errorf("there are %d queries, fewer than %d", len(queries), least)
	}
	for _, query := range queries {
		found := namePattern.FindAllStringSubmatch(query, -1)
		if len(found) == 0 && !strings.Contains(query, "process_") && !strings.Contains(query, "up{") {
			t.Errorf("nothing is asked by %s", query)
		}
		for _, m := range found {
			name := m[1]
			if _, there := metrics[name]; !there {
				name = partPattern.ReplaceAllString(name, "")
			}
			labels, there := metrics[name]
			if !there {
				t.Errorf("there is no metric %s: %s", name, query)
			}
			has := append(strings.Split(labels, ","), "instance", "job", "le")
			for _, l := range labelPattern.FindAllStringSubmatch(m[2], -1) {
				if !slices.Contains(has, l[1]) {
					t.Errorf("%s has no label %s: %s", name, l[1], query)
				}
			}
		}
	}
}
