package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/via-orchestrate/orchestrate/client"
)

// Uploads a file, submits it, and waits until the ingest is over.
func Example() {
	c, stop := exampleServer() // Yours: client.New("http://127.0.0.1:8080", client.Options{})
	defer stop()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	clip := strings.NewReader("the bytes of a video")
	uri, err := c.Upload(ctx, "clip.mp4", clip, clip.Size(), nil)
	if err != nil {
		log.Fatal(err)
	}
	accepted, err := c.Submit(ctx, client.Submission{AssetID: "179057", URI: uri, Profile: "fetch"}, "order-4711")
	if err != nil {
		log.Fatal(err)
	}
	ingest, err := c.Wait(ctx, accepted.IngestID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ingest.Status, ingest.Progress)
	for _, task := range ingest.Tasks {
		fmt.Println(task.Name, task.Status)
	}
	// Output:
	// COMPLETED 100
	// RETRIEVAL TASK_COMPLETED
}

// A token of a server with sign-in says who the caller is, what it may do, and
// for which tenant.
func ExampleNew() {
	url, token, stop := exampleSignIn()
	defer stop()
	c, err := client.New(url, client.Options{Token: token, Tenant: "acme"})
	if err != nil {
		log.Fatal(err)
	}
	me, err := c.Me(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(me.Tenants, me.Permissions)

	err = c.Cancel(context.Background(), "7dd40659-2494-45bc-b533-83e7deb97155")
	fmt.Println(err)
	// Output:
	// [acme] [ingests:read profiles:read playback:read]
	// This needs the permission ingests:cancel, which the roles operator and admin have.
}

// history is an answer of another Status API, with three ingests.
const history = `{"items":[` +
	`{"ingestId":"c","assetId":"8","detailsUrl":"/ingests/c","profileName":"p","error":null,"mediaTypes":["VIDEO"],"progress":100,` +
	`"startTime":"2022-07-21T13:03:33.945Z","endTime":"2022-07-21T13:04:44.644Z","status":"COMPLETED","elapsedTime":70699},` +
	`{"ingestId":"b","assetId":"7","detailsUrl":"/ingests/b","profileName":"p","error":null,"mediaTypes":["VIDEO"],"progress":20,` +
	`"startTime":"2022-07-21T12:00:00.000Z","endTime":"2022-07-21T12:00:05.000Z","status":"SKIPPED","elapsedTime":5000},` +
	`{"ingestId":"a","assetId":"7","detailsUrl":"/ingests/a","profileName":"p","error":null,"mediaTypes":["VIDEO"],"progress":100,` +
	`"startTime":"2022-07-21T11:00:00.000Z","endTime":"2022-07-21T11:00:09.000Z","status":"COMPLETED","elapsedTime":9000}` +
	`],"count":3,"cursor":null}`

// Goes through all ingests that a filter selects; the pages come as they are
// needed.
func ExampleClient_All() {
	c, stop := exampleServer()
	defer stop()
	ctx := context.Background()
	if _, err := c.Import(ctx, []byte(history)); err != nil {
		log.Fatal(err)
	}
	filter := client.Filter{
		Statuses: []client.IngestStatus{client.IngestStatusCOMPLETED, client.IngestStatusSKIPPED},
		FromDate: "2022-07-21", ToDate: "2022-07-21T13:00:00Z",
	}
	for item, err := range c.All(ctx, filter) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(item.IngestID, item.Status, item.EndTime.Sub(item.StartTime.Time))
	}
	// Output:
	// b SKIPPED 5s
	// a COMPLETED 9s
}

// Goes from page to page by hand, as a program does that shows one at a time.
func ExampleClient_List() {
	c, stop := exampleServer()
	defer stop()
	ctx := context.Background()
	if _, err := c.Import(ctx, []byte(history)); err != nil {
		log.Fatal(err)
	}
	filter := client.Filter{Limit: 2}
	for {
		page, err := c.List(ctx, filter)
		if err != nil {
			log.Fatal(err)
		}
		for _, item := range page.Items {
			fmt.Print(item.IngestID, " ")
		}
		if page.Cursor == nil {
			fmt.Println("that is all")
			break
		}
		fmt.Println("and more")
		filter.Cursor = *page.Cursor
	}
	// Output:
	// c b and more
	// a that is all
}

// A cancelled ingest stops in its own time; Wait sees the end.
func ExampleClient_Cancel() {
	c, stop := exampleServer()
	defer stop()
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done() // A source that never answers.
	}))
	defer slow.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()

	accepted, err := c.Submit(ctx, client.Submission{AssetID: "7", URI: slow.URL + "/clip.mp4", Profile: "fetch"}, "")
	if err != nil {
		log.Fatal(err)
	}
	if err := c.Cancel(ctx, accepted.IngestID); err != nil {
		log.Fatal(err)
	}
	ingest, err := c.Wait(ctx, accepted.IngestID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ingest.Status)
	// Output: CANCELLED
}

// The progress is told as the bytes leave.
func ExampleClient_Upload() {
	c, stop := exampleServer()
	defer stop()
	clip := strings.NewReader("the bytes of a video")
	var sent int64
	uri, err := c.Upload(context.Background(), "clip.mp4", clip, clip.Size(), func(bytes int64) { sent = bytes })
	if err != nil {
		log.Fatal(err)
	}
	kind, _, _ := strings.Cut(uri, ":") // Then the upload's id.
	fmt.Println(kind, sent)
	// Output: upload 20
}

// What the server refuses is a Problem, with a status for programs and a
// sentence for people.
func ExampleProblem() {
	c, stop := exampleServer()
	defer stop()
	var p *client.Problem

	_, err := c.Get(context.Background(), "7")
	if errors.As(err, &p) && p.Status == http.StatusNotFound {
		fmt.Println(p.Detail)
	}
	_, err = c.ApplyProfile(context.Background(), "mine", []byte("encoding: 1\nfoo: bar\n"))
	if errors.As(err, &p) && p.Status == http.StatusUnprocessableEntity {
		for _, problem := range p.Problems {
			fmt.Println(problem.Path)
		}
	}
	// Output:
	// There is no ingest 7.
	// /encoding
	// /foo
}
