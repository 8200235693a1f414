package e2e

import "strings"

// pathAttacks ask for what is not there, and for files outside.
func pathAttacks() []attack {
	const noIngest, nothing, noMedia = "There is no ingest", "There is nothing at this path", "There is no such media file"
	var list []attack
	// What is no text is at no path, whatever it stands for.
	add := func(a attack) {
		if noText(a.target) {
			a.detail, a.plain = nothing, false
		}
		list = append(list, a)
	}
	for _, id := range []string{
		"x", "%00", "{INGEST}%00", "{INGEST}%20", "%20{INGEST}", "{INGEST}%0d%0aX-Injected:%201", "{INGEST}%2e", "%2e%2e", "%252e%252e", "..%2f..%2fsecret.txt",
		"%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5csecret.txt", "%c0%ae%c0%ae%c0%afsecret.txt", "%ef%bc%8e%ef%bc%8e", "%ff", "%ed%a0%80", "%e2%80%ae{INGEST}",
		"'%20OR%201=1--", "%27;DROP%20TABLE%20ingests;--", "*", "%25", "_", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "{{7*7}}", "$%7Bjndi:ldap:%2F%2Fa%7D",
		"{INGEST};jsessionid=1", "{INGEST}.json", "-1", "0", "9223372036854775808", "true", "null", "undefined", "%E2%80%8B", "CON", strings.Repeat("a", 5000),
		"{INGEST}%2Fplan", "%7b%7d",
	} {
		add(attack{name: "ingest " + short(id), target: "/ingests/" + id, status: 404, detail: noIngest})
	}
	for _, id := range []string{"%00", "%2e%2e", "'%20OR%201=1--", "%ff%fe", "*"} {
		add(attack{name: "cancel " + id, method: "DELETE", target: "/cancel/" + id, status: 404, detail: noIngest})
		add(attack{name: "delete " + id, method: "DELETE", target: "/ingests/" + id, status: 404, detail: noIngest})
		add(attack{name: "retry " + id, method: "POST", target: "/ingests/" + id + "/retry", status: 404, detail: noIngest})
		add(attack{name: "plan " + id, target: "/ingests/" + id + "/plan", status: 404, detail: noIngest})
		add(attack{name: "task " + id, target: "/ingests/{INGEST}/tasks/" + id, status: 404, detail: "has no task"})
		add(attack{name: "playback " + id, target: "/assets/" + id + "/playback", status: 404, detail: "The catalogue has nothing"})
		add(attack{name: "profile " + id, target: "/profiles/" + id, status: 404, detail: "There is no profile"})
		add(attack{name: "versions " + id, target: "/profiles/" + id + "/versions", status: 404, detail: "There is no profile"})
		add(attack{name: "delete asset " + id, method: "DELETE", target: "/assets/" + id, status: 404, detail: "asset"})
		add(attack{name: "play " + id, target: "/play/" + id, status: 404, detail: "<html", plain: true})
	}
	for _, path := range []string{
		"/admin", "/.git/config", "/.env", "/wp-login.php", "/debug/pprof/", "/metrics", "/ingests/", "/ingests//", "//ingests", "/ingests/../secret.txt",
		"/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/ingests/{INGEST}/", "/ingests/{INGEST}/tasks", "/ingests/{INGEST}/tasks/", "/ingests/{INGEST}/secret",
		"/INGESTS", "/ingests%2f{INGEST}", "/ingests/./{INGEST}", "/cancel", "/cancel/", "/assets", "/assets/film", "/profiles/", "/uploads/../ingests", "/%00", "/%ff",
		"//evil.example/%2e%2e", "/ingests\\{INGEST}", "/" + strings.Repeat("a/", 20000), "/ingests/{INGEST}/../../healthz", "/static/../play/", "/healthz/", "/healthz%20",
		"/docs/../ingests", "/schemas/", "/schemas/../openapi.yaml", "/imports", "/sources/check", "/ingests/{INGEST}/retry",
	} {
		a := attack{name: "path " + short(path), target: path, status: 404, detail: nothing}
		switch path {
		case "/imports", "/sources/check", "/ingests/{INGEST}/retry":
			a.status, a.detail = 405, "This path takes POST"
		case "/cancel/x":
			a.status, a.detail = 405, "This path takes DELETE"
		case "/assets/film":
			a.status, a.detail = 405, "This path takes DELETE"
		}
		list = append(list, a)
	}
	for _, path := range []string{
		"{KEY}", "{KEY}/", "{KEY}/..", "{KEY}/%2e%2e/%2e%2e/secret.txt", "{KEY}/..%2f..%2f..%2fsecret.txt", "{KEY}/index.m3u8", "{KEY}/{TASK}/1/inventory.json", "{KEY}/{TASK}/1/.hidden.mp4",
		"%00", "{KEY}/a%00.mp4", "{KEY}/a%5c..%5cb.mp4", "00000000000000000000000000000000/x.mp4", strings.Repeat("f", 31) + "/x.mp4", strings.Repeat("F", 32) + "/x.mp4",
		"..;/..;/etc/passwd.mp4", "{KEY}/%ff.mp4", "{KEY}/x.mp4%00.html", "{KEY}/x.html", "{KEY}/x.svg", "{KEY}/" + strings.Repeat("a", 300) + ".mp4", "{KEY}/" + strings.Repeat("a/", 3000) + "x.mp4",
		"%2e%2e%2fdata.db", "{KEY}%2findex.m3u8", "{KEY}/%2e/index.m3u8", "", "{KEY}/proc/self/environ.mp4", "%252e%252e/{KEY}/x.mp4", "{KEY}/con.mp4", "{KEY}/x.MP4",
	} {
		add(attack{name: "media " + short(path), target: "/media/" + path, status: 404, detail: noMedia})
	}
	return list
}

// noText tells whether a path holds what no name may, or has steps upwards.
func noText(target string) bool {
	for _, part := range []string{"%00", "%0d", "%ff", "%c0", "%ed", "/../"} {
		if strings.Contains(target+"/", part) {
			return true
		}
	}
	return false
}

// methodAttacks use methods that a path does not take.
func methodAttacks() []attack {
	var list []attack
	for _, m := range []struct{ method, target, detail string }{
		{"DELETE", "/ingests", "This path takes GET, HEAD, POST"},
		{"PATCH", "/ingests", "This path takes"},
		{"PUT", "/ingests", "This path takes"},
		{"TRACE", "/ingests", "This path takes"},
		{"CONNECT", "/ingests", "This path takes"},
		{"PROPFIND", "/ingests", "This path takes"},
		{"get", "/ingests", "This path takes"},
		{"GETX", "/ingests", "This path takes"},
		{"GET", "/cancel/{INGEST}", "This path takes DELETE"},
		{"POST", "/cancel/{INGEST}", "This path takes DELETE"},
		{"DELETE", "/profiles/own", "This path takes GET, HEAD, PUT"},
		{"POST", "/profiles", "This path takes GET"},
		{"PUT", "/imports", "This path takes POST"},
		{"DELETE", "/healthz", "This path takes GET"},
		{"POST", "/assets/film/playback", "This path takes GET, HEAD, PUT"},
		{"DELETE", "/assets/film/playback", "This path takes"},
		{"PUT", "/sources/check", "This path takes POST"},
		{"POST", "/audit", "This path takes GET"},
		{"DELETE", "/audit", "This path takes GET"},
		{strings.Repeat("M", 5000), "/ingests", "This path takes"},
	} {
		list = append(list, attack{name: short(m.method) + " " + m.target, method: m.method, target: m.target, status: 405, detail: m.detail})
	}
	list = append(list, attack{name: "POST play", method: "POST", target: "/play/film", status: 405, detail: "Method Not Allowed", plain: true})
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"} {
		list = append(list, attack{name: method + " media", method: method, target: "/media/{KEY}/x.mp4", status: 405, detail: "Media can only be read"})
	}
	for _, header := range []string{"X-HTTP-Method-Override: DELETE", "X-HTTP-Method: DELETE", "X-Method-Override: DELETE"} {
		list = append(list, attack{name: header, target: "/ingests/{INGEST}/retry", headers: header, status: 405, detail: "This path takes POST"})
	}
	return list
}
