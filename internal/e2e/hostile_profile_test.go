package e2e

import (
	"fmt"
	"strings"
)

// profileAttack applies a document for real: nothing of it may be kept.
func profileAttack(name, mediaType, body string, status int, detail string) attack {
	return attack{name: "profile " + short(name), method: "PUT", target: "/profiles/own", headers: "Content-Type: " + mediaType, body: body, status: status, detail: detail}
}

// stepText is a document of one step with a value in place of the filter.
func stepText(filter, more string) string {
	return `{"retrieval":[{"filesetFilter":` + filter + `,"retrievalProfile":{"name":"a","type":"vimond_file_retriever","targetLocation":{"name":"store"}` + more + `},"filesetLabelOut":"retrieved"}]}`
}

// profileAttacks send profile documents as JSON.
func profileAttacks() []attack {
	var list []attack
	for _, p := range []struct {
		name, body string
		status     int
		detail     string
	}{
		{"array", `[]`, 422, "must be of type object"},
		{"null", `null`, 422, "must be of type object"},
		{"number", `1e400`, 422, "must be of type object"},
		{"string", `"default"`, 422, "must be of type object"},
		{"key twice", `{"retrieval":[],"retrieval":[]}`, 400, "/retrieval is given twice"},
		{"unknown stage", `{"transcoding":[]}`, 422, "/transcoding"},
		{"other name", `{"name":"other"}`, 422, "/name is"},
		{"name a number", `{"name":7}`, 422, "/name"},
		{"deep", `{"retrieval":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, 422, "deep inside each other"},
		{"very deep", `{"retrieval":` + strings.Repeat("[", 500_000), 400, "The body is not JSON"},
		{"many values", `{"retrieval":[` + strings.TrimSuffix(strings.Repeat("1,", 200_000), ",") + `]}`, 422, "more than 50000 values"},
		{"many keys", `{"retrieval":[{` + strings.TrimPrefix(manyKeys(60_000), "{") + `]}`, 422, "more than 50000 values"},
		{"too large", `{"description":"` + strings.Repeat("a", 1<<20) + `"}`, 413, "larger than 1 MiB"},
		{"long description", `{"description":"` + strings.Repeat("a", 900_000) + `"}`, 422, "/description"},
		{"bad UTF-8", "{\"description\":\"\xff\"}", 400, "The body is not JSON"},
		{"NUL", `{"description":"\u0000"}`, 422, "U+0000"},
		{"stage a string", `{"retrieval":"all"}`, 422, "/retrieval"},
		{"step null", `{"retrieval":[null]}`, 422, "/retrieval/0"},
		{"location with a path", stepText(`"initialInput"`, `,"targetLocation":{"name":"../../etc"}`), 400, "is given twice"},
		{"filter unclosed", stepText(`"("`, ""), 422, "filesetFilter"},
		{"filter of 100,000 parentheses", stepText(`"`+strings.Repeat("(", 100_000)+`"`, ""), 422, "filesetFilter"},
		{"filter of 100,000 NOT", stepText(`"`+strings.Repeat("NOT ", 100_000)+`a"`, ""), 422, "filesetFilter"},
		{"filter of 1,000 parentheses", stepText(`"`+strings.Repeat("(", 1000)+`"`, ""), 422, "filesetFilter"},
		{"filter of a megabyte", stepText(`"`+strings.Repeat("a", 1_000_000)+`"`, ""), 422, "filesetFilter"},
		{"filter with SQL", stepText(`"initialInput' OR 1=1"`, ""), 422, "filesetFilter"},
		{"filter lower case", stepText(`"initialInput and x"`, ""), 422, "filesetFilter"},
		{"filter null", stepText(`null`, ""), 422, "filesetFilter"},
		{"filter number", stepText(`1`, ""), 422, "filesetFilter"},
		{"filter of nothing", stepText(`"never"`, ""), 422, "filesetFilter"},
		{"filter with NUL", stepText(`"initialInput\u0000"`, ""), 422, "U+0000"},
		{"filter with bidi", stepText(`"initialInput\u202e"`, ""), 422, "filesetFilter"},
		{"unknown type", strings.Replace(stepText(`"initialInput"`, ""), "vimond_file_retriever", "shell", 1), 422, "type"},
		{"unknown location", strings.Replace(stepText(`"initialInput"`, ""), `"store"`, `"../../etc"`, 1), 422, ""},
		{"unknown key of a step", strings.Replace(stepText(`"initialInput"`, ""), `"filesetLabelOut"`, `"command":"rm","filesetLabelOut"`, 1), 422, "command"},
		{"label an operator", strings.Replace(stepText(`"initialInput"`, ""), `"retrieved"`, `"AND"`, 1), 422, "filesetLabelOut"},
		{"label of a kind", strings.Replace(stepText(`"initialInput"`, ""), `"retrieved"`, `"HLS"`, 1), 422, "filesetLabelOut"},
		{"label with a path", strings.Replace(stepText(`"initialInput"`, ""), `"retrieved"`, `"../x"`, 1), 422, "filesetLabelOut"},
		{"skipOnMD5 a string", stepText(`"initialInput"`, `,"skipOnMD5":"yes"`), 422, "skipOnMD5"},
		{"literal secret", hook(`"https://a.example/x"`, `"hunter2-hunter2"`), 422, "secret"},
		{"webhook to a file", hook(`"file:///etc/passwd"`, `"file:hook"`), 422, "url"},

		{"webhook with a password", hook(`"https://a:b@a.example/x"`, `"file:hook"`), 422, "url"},
		{"circle", circle(), 422, "wait for each other"},
		{"ladder of huge numbers", ladder("1e400"), 422, "height"},
		{"ladder of negative numbers", ladder("-2"), 422, "height"},
		{"ladder of 0", ladder("0"), 422, "height"},
		{"ladder of halves", ladder("0.5"), 422, "height"},
		{"ladder of exact monsters", ladder("1e999999999"), 422, "height"},
		{"ladder of digits", ladder(strings.Repeat("9", 1000)), 422, "height"},
		{"ladder twice", ladder(`360},{"height":360`), 422, "height"},
	} {
		if p.detail == "" {
			p.detail = "/"
		}
		list = append(list, profileAttack(p.name, "application/json", p.body, p.status, p.detail))
	}
	for _, name := range []string{"%00", "a%2fb", "%2e%2e", "a%20b", "%ff", "%e2%80%ae", strings.Repeat("n", 300), "%3Cb%3E", "a%0d%0aX-Injected:1", "-", "{{.}}"} {
		a := attack{name: "profile named " + short(name), method: "PUT", target: "/profiles/" + name, body: stepText(`"initialInput"`, ""), status: 422, detail: "/name"}
		if noText(a.target) {
			a.status, a.detail = 404, "There is nothing at this path"
		}
		list = append(list, a)
	}
	return list
}

func hook(url, secret string) string {
	return `{"playout":[{"filesetFilter":"initialInput","playoutProfile":{"name":"h","type":"WEBHOOK","url":` + url + `,"secret":` + secret + `}}]}`
}

func circle() string {
	step := `{"filesetFilter":"%s","distributionProfile":{"name":"%s","type":"COPY","targetLocation":{"name":"media"}},"filesetLabelOut":"%s"}`
	return `{"distribution":[` + fmt.Sprintf(step, "initialInput OR b", "a", "a") + "," + fmt.Sprintf(step, "a", "b", "b") + `]}`
}

func ladder(height string) string {
	return `{"encoding":[{"filesetFilter":"initialInput","encodingProfile":{"name":"e","type":"FFMPEG","targetLocation":{"name":"store"},"ladder":[{"height":` + height + `}]},"filesetLabelOut":"encoded"}]}`
}

// yamlAttacks send profile documents as YAML, with what YAML has beyond JSON.
func yamlAttacks() []attack {
	laughs := "a0: &a0 [l,l,l,l,l,l,l,l,l,l]\n"
	for i := 1; i < 10; i++ {
		laughs += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 10), ","))
	}
	var list []attack
	for _, y := range []struct{ name, body, detail string }{
		{"empty", "# nothing\n", ""},
		{"spaces", "   \n", "empty"},
		{"text", "default", "must be of type object"},
		{"list", "- a\n- b\n", "must be of type object"},
		{"null", "~", "must be of type object"},
		{"billion laughs", laughs, "values"},
		{"anchor of itself", "retrieval: &a [*a]\n", ""},
		{"object of itself", "&a retrieval: *a\n", ""},
		{"unknown alias", "retrieval: *nobody\n", "nobody"},
		{"merge key", "a: &a {x: 1}\nretrieval:\n  <<: *a\n", "merge keys"},
		{"python tag", "retrieval: !!python/object/apply:os.system [id]\n", ""},
		{"own tag", "retrieval: !run id\n", ""},
		{"binary", "description: !!binary AAAA\n", "!!binary"},
		{"set", "retrieval: !!set {a, b}\n", ""},
		{"omap", "retrieval: !!omap [a: 1]\n", ""},
		{"timestamp for a name", "name: 2021-12-08\n", "/name"},
		{"two documents", "retrieval: []\n---\nretrieval: []\n", "second document"},
		{"second document broken", "retrieval: []\n---\n{", ""},
		{"key twice", "retrieval: []\nretrieval: []\n", "stands already"},
		{"key twice, quoted", "retrieval: []\n\"retrieval\": []\n", "stands already"},
		{"number key", "1: a\n", "must be text"},
		{"null key", "~: a\n", "must be text"},
		{"bool key", "yes: a\ntrue: b\n", ""},
		{"list key", "? [a]\n: b\n", "must be text"},
		{"object key", "? {a: b}\n: c\n", "must be text"},
		{"tab", "retrieval:\n\t- a\n", "line 2"},
		{"deep flow", strings.Repeat("[", 100_000), ""},
		{"deep and closed", "a: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000), ""},
		{"deep block", deepBlock(2000), "deep"},
		{"NUL", "description: \"a\\0b\"\n", "U+0000"},
		{"raw NUL", "description: a\x00b\n", ""},
		{"bad UTF-8", "description: \xff\n", "UTF-8"},
		{"UTF-16", utf16Text("retrieval: []\n"), "UTF-8"},
		{"control character", "description: a\x1b[2J\n", "control"},
		{"infinity", "retrieval: .inf\n", "/retrieval"},
		{"NaN", "retrieval: .nan\n", ""},
		{"octal", "retrieval: 0o777\n", "/retrieval"},
		{"old octal", "retrieval: 0777\n", "/retrieval"},
		{"underscores", "retrieval: 1_000\n", "/retrieval"},
		{"sexagesimal", "retrieval: 1:30\n", "/retrieval"},
		{"exponent", "retrieval: 1e999999999\n", "/retrieval"},
		{"digits", "retrieval: " + strings.Repeat("9", 900_000) + "\n", "/retrieval"},
		{"Norway", "retrieval: no\n", "/retrieval"},
		{"directive", "%TAG ! tag:evil.example,2000:\n---\nretrieval: !x []\n", ""},
		{"version", "%YAML 9.9\n---\nretrieval: []\n", ""},
		{"unclosed", "retrieval: [\n", ""},
		{"unclosed quote", "retrieval: \"a\n", ""},
		{"huge scalar", "description: |\n" + strings.Repeat("  aaaaaaaaa\n", 80_000), "/description"},
		{"50,000 anchors", anchors(50_000), ""},
		{"many keys", manyLines(60_000), "values"},
		{"comments only", strings.Repeat("# a\n", 200_000), "empty"},
		{"dashes", strings.Repeat("- ", 100_000), ""},
		{"colons", strings.Repeat("a: ", 100_000), ""},
		{"question marks", strings.Repeat("? ", 100_000), ""},
		{"braces", strings.Repeat("{", 100_000), ""},
		{"quotes", strings.Repeat("'", 500_001), ""},
		{"ampersands", strings.Repeat("&a ", 100_000), ""},
		{"exclamation marks", strings.Repeat("!", 500_000), ""},
		{"a mistake amid long lines", longLines(), "line"},
		{"script", "<script>alert(1)</script>: {}\n", "<script>"},
		{"template", "'{{7*7}}': 1\n", "{{7*7}}"},
	} {
		if y.detail == "" {
			y.detail = "problem"
		}
		list = append(list, profileAttack("as YAML: "+y.name, "application/yaml", y.body, 422, y.detail))
	}
	return list
}

func deepBlock(n int) string {
	var b strings.Builder
	for i := range n {
		if b.Len() > 900_000 {
			break
		}
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

// longLines is a text that costs much to be read again for each of its lines.
func longLines() string {
	line := strings.Repeat("[a],", 500) + "b"
	half := strings.Repeat("- ["+line+"]\n", 200)
	return half + "- [}\n" + half
}

func anchors(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d: &a%d x\n", i, i)
	}
	return b.String()
}

func manyLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d: 1\n", i)
	}
	return b.String()
}
