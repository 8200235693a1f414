package metrics

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
)

var (
	descPattern = regexp.MustCompile(`fqName: "(orchestrate_[a-z_]+)".*variableLabels: \{([a-z,]*)\}`)
	rowPattern  = regexp.MustCompile("(?m)^\\| `(orchestrate_[a-z_]+)` \\| [a-z]+ \\| ([^|]*)\\| [^|]+ \\|$")
)

// TestOperatorGuide keeps the table of metrics in the operator guide equal to
// what is registered, labels and all.
func TestOperatorGuide(t *testing.T) {
	t.Parallel()
	registered := map[string]string{}
	m, descs := watched(t), make(chan *prometheus.Desc)
	go func() {
		m.registry.Describe(descs)
		close(descs)
	}()
	for d := range descs {
		if found := descPattern.FindStringSubmatch(d.String()); found != nil {
			registered[found[1]] = found[2]
		}
	}
	text, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]string{}
	for _, m := range rowPattern.FindAllStringSubmatch(string(text), -1) {
		documented[m[1]] = strings.NewReplacer("`", "", " ", "").Replace(m[2])
	}
	if d := cmp.Diff(registered, documented); d != "" {
		t.Errorf("(-registered +documented):\n%s", d)
	}
}

// TestAlertsNameMetrics: an alert on a metric that there is not would never
// fire.
func TestAlertsNameMetrics(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../deploy/prometheus-alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range regexp.MustCompile(`orchestrate_[a-z_]+`).FindAllString(string(text), -1) {
		base := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
		if !strings.Contains(string(guide), "| `"+base+"` |") {
			t.Errorf("there is no metric %s", name)
		}
	}
	for _, m := range regexp.MustCompile(`alert: (\w+)`).FindAllStringSubmatch(string(text), -1) {
		if !strings.Contains(string(guide), "| "+m[1]+" |") {
			t.Errorf("the operator guide does not say what to do at %s", m[1])
		}
	}
}
