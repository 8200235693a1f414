package cli

import (
	"strings"
	"testing"
)

func TestSkippedSaysWhoseFilesItReuses(t *testing.T) {
	t.Parallel()
	const own, earlier, task = "01a208e7-9faf-7d4f-8c55-59f6a029f916", "01a208e7-91dc-7aa4-b5a8-ddf71f6849ee", "8e2bfd39-1cbe-5469-8d7e-b4740244719e"
	for _, test := range []struct{ status, uri, want string }{
		{"SKIPPED", "file:///srv/store/default/" + earlier + "/" + task + "/1/b.mp4", earlier},
		{"SKIPPED", "file:///srv/store/default/" + own + "/" + task + "/1/b.mp4", ""},
		{"SKIPPED", "s3://bucket/clip.mp4", ""},
		{"COMPLETED", "file:///srv/store/default/" + earlier + "/" + task + "/1/b.mp4", ""},
	} {
		d := newDouble(t)
		d.answer("GET /ingests/"+own, 200, `{"status":"`+test.status+`","startTime":"2026-01-02T03:04:05.678Z","endTime":null,"ingestId":"`+own+`","assetId":"a1",
			"tasks":[{"name":"RETRIEVAL","status":"TASK_COMPLETED","id":"t0","startTime":"2026-01-02T03:04:05.678Z","endTime":null,
			"outputs":{"filesets":[{"files":[{"uri":"`+test.uri+`"}]}]}}]}`)
		d.answer("GET /ingests/"+own+"/plan", 200, `{"ingestId":"`+own+`","steps":[]}`)
		got, watched := d.run(t, "get", own), d.run(t, "watch", own)
		if got.code != 0 || watched.code != 0 {
			t.Fatalf("%+v, %+v", got, watched)
		}
		if strings.Contains(got.out, "\nReuses:   the files of ingest "+earlier+"\n") != (test.want != "") {
			t.Errorf("%s %s: %s", test.status, test.uri, got.out)
		}
		if strings.Contains(watched.out, "\nIt reuses the files of ingest "+earlier+".\n") != (test.want != "") {
			t.Errorf("%s %s: %s", test.status, test.uri, watched.out)
		}
	}
}
