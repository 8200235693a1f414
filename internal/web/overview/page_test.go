package overview

import (
	"context"
	"fmt"
	"html/template"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/via-orchestrate/orchestrate/internal/statistics"
	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// reports answers with a report of its own for tenant t, and an empty one for
// others.
type reports struct{ asked statistics.Query }

func (r *reports) Statistics(_ context.Context, by vod.Caller, q statistics.Query) (statistics.Report, error) {
	r.asked = q
	if by.Tenant != "t" {
		return statistics.Report{From: noon(), To: noon().Add(statistics.Day), Width: time.Hour, Now: noon()}, nil
	}
	return report(), nil
}

// texts are the real ones; a key that is not there fails the test.
func texts(t *testing.T) func(key string, args ...any) string {
	t.Helper()
	source, err := os.ReadFile("../page/texts/overview.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]string
	if err := yaml.Unmarshal(source, &all); err != nil {
		t.Fatal(err)
	}
	return func(key string, args ...any) string {
		text, ok := all[key]
		if !ok {
			t.Errorf("there is no text %q", key)
		}
		if strings.Contains(text, "%") != (len(args) > 0) {
			t.Errorf("the text %q has %d arguments", text, len(args))
		}
		if len(args) > 0 {
			text = fmt.Sprintf(text, args...)
		}
		if strings.Contains(text, "%!") {
			t.Errorf("the text of %q is %q", key, text)
		}
		return text
	}
}

// rendered is what a template makes of the view for a query.
func rendered(t *testing.T, name, tenant, query string) string {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	text := texts(t)
	p := pages{Service: &reports{}, Text: text, Now: noon}
	v, err := p.view(t.Context(), vod.Caller{Tenant: tenant}, "/ui/"+tenant, values)
	if err != nil {
		t.Fatal(err)
	}
	when := func(at time.Time) template.HTML { return template.HTML("<time>" + at.Format(time.RFC3339) + "</time>") }
	all, err := template.New("").Funcs(functions()).Funcs(template.FuncMap{"t": text, "when": when}).ParseFS(files, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := all.ExecuteTemplate(&b, name, v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestThePageShowsItsFigures(t *testing.T) {
	t.Parallel()
	page := rendered(t, "content", "t", "range=6h&profileName=%3Cb%3E")
	for _, want := range []string{
		"<h1>Overview</h1>", `<a href="?profileName=%3Cb%3E&amp;range=6h" aria-current="true">6 hours</a>`,
		`<option value="&lt;b&gt;" selected>&lt;b&gt;</option>`, `data-every="10"`, "No &amp; no.", `href="/ui/t/ingests/a%2Fb"`,
		`<td>50.0 %</td>`, `<th scope="row">ENCODING</th><td>1</td><td>2</td><td>0</td>`,
		`role="img" aria-labelledby="chart-throughput-title chart-throughput-desc"`, "1 completed, 1 failed",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s:\n%s", want, page)
		}
	}
	// The Content-Security-Policy blocks both.
	if found := regexp.MustCompile(`(?i)<[^>]+\s(style|on[a-z]+)=`).FindString(page); found != "" {
		t.Errorf("the page has %s", found)
	}
}

// TestEveryTimeStandsInTheTable: the charts are images; here are the figures.
func TestEveryTimeStandsInTheTable(t *testing.T) {
	t.Parallel()
	figures := rendered(t, "figures", "t", "range=6h")
	for _, c := range report().Columns {
		if !strings.Contains(figures, "<time>"+c.Start.Format(time.RFC3339)+"</time></th>") {
			t.Errorf("there is no row of %v", c.Start)
		}
	}
	if strings.Contains(figures, "<h1>") {
		t.Error("the part that is fetched again has the whole page's head")
	}
}

func TestAnEmptyPageSaysWhatToDo(t *testing.T) {
	t.Parallel()
	page := rendered(t, "content", "none", "")
	if !strings.Contains(page, "Nothing has been ingested in this time") || !strings.Contains(page, `<a href="submit">`) || strings.Contains(page, "<svg") {
		t.Errorf("the page is\n%s", page)
	}
}

func TestWhatAPageAsksFor(t *testing.T) {
	t.Parallel()
	s := &reports{}
	p := pages{Service: s, Text: texts(t), Now: noon}
	ask := func(query url.Values) error {
		_, err := p.view(t.Context(), vod.Caller{Tenant: "t"}, "/ui/t", query)
		return err
	}
	if err := ask(url.Values{"range": {"7d"}, "profileName": {"p"}}); err != nil {
		t.Fatal(err)
	}
	if want := (statistics.Query{From: noon().Add(-7 * statistics.Day), To: noon(), Profile: "p"}); s.asked != want {
		t.Errorf("asked for %+v", s.asked)
	}
	for _, query := range []url.Values{{"range": {"1y"}}, {"from": {"x"}}, {"to": {"2026-13-01"}}} {
		if err := ask(query); vod.CodeOf(err) != vod.Invalid {
			t.Errorf("%v: %v", query, err)
		}
	}
}
