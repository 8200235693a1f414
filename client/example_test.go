package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"strings"

	"github.com/via-orchestrate/orchestrate/client"
)

// The examples talk to a server that knows one ingest. Against a real one,
// leave HTTPClient out.
func example() client.Options {
	return client.Options{HTTPClient: &http.Client{Transport: transport(exampleServer)}}
}

func exampleServer(r *http.Request) (*http.Response, error) {
	const item = `{"ingestId":"d484cf3e-a329-438a-9896-b55e026f62c4","assetId":"179057",` +
		`"detailsUrl":"/ingests/d484cf3e-a329-438a-9896-b55e026f62c4","profileName":"default","error":null,"mediaTypes":["VIDEO"],` +
		`"progress":100,"startTime":"2022-07-21T13:03:33.945Z","endTime":"2022-07-21T13:04:44.644Z","status":"COMPLETED","elapsedTime":70699}`
	switch r.Method + " " + r.URL.Path {
	case "GET /ingests":
		return answered(r, 200, `{"items":[`+item+`],"count":1,"cursor":null}`), nil
	case "POST /ingests":
		return answered(r, 202, item), nil
	case "POST /uploads":
		return answered(r, 201, "", "Location", "/uploads/4d1f"), nil
	case "PATCH /uploads/4d1f":
		return answered(r, 204, "", "Upload-Offset", fmt.Sprint(r.ContentLength)), nil
	}
	return answered(r, 404, `{"title":"Not Found","status":404,"detail":"There is no such ingest.","code":"not_found"}`), nil
}

func Example() {
	c, err := client.New("http://127.0.0.1:8080", example())
	if err != nil {
		log.Fatal(err)
	}
	accepted, err := c.Submit(context.Background(), client.Submission{
		AssetID: "179057",
		URI:     "https://example.com/clip.mp4",
	}, "order-4711")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(accepted.DetailsURL)
	// Output: /ingests/d484cf3e-a329-438a-9896-b55e026f62c4
}

func ExampleClient_All() {
	c, err := client.New("http://127.0.0.1:8080", example())
	if err != nil {
		log.Fatal(err)
	}
	filter := client.Filter{AssetID: "179057", Statuses: []client.IngestStatus{client.IngestStatusCOMPLETED}}
	for item, err := range c.All(context.Background(), filter) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(item.IngestID, item.Status, item.EndTime.Sub(item.StartTime.Time))
	}
	// Output: d484cf3e-a329-438a-9896-b55e026f62c4 COMPLETED 1m10.699s
}

func ExampleClient_Upload() {
	c, err := client.New("http://127.0.0.1:8080", example())
	if err != nil {
		log.Fatal(err)
	}
	clip := strings.NewReader("the bytes of a video")
	uri, err := c.Upload(context.Background(), "clip.mp4", clip, clip.Size(), nil)
	if err != nil {
		log.Fatal(err)
	}
	accepted, err := c.Submit(context.Background(), client.Submission{AssetID: "179057", URI: uri}, "")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(uri, accepted.IngestID)
	// Output: upload:4d1f d484cf3e-a329-438a-9896-b55e026f62c4
}

func ExampleProblem() {
	c, err := client.New("http://127.0.0.1:8080", example())
	if err != nil {
		log.Fatal(err)
	}
	err = c.Cancel(context.Background(), "7")
	var p *client.Problem
	if errors.As(err, &p) && p.Status == http.StatusNotFound {
		fmt.Println(p.Detail)
	}
	// Output: There is no such ingest.
}
