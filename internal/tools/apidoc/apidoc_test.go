package main

import (
	"strings"
	"testing"
)

const small = `
openapi: 3.0.3
info: {title: T <b>, version: 1.2.3, description: "Some *words* and <script>alert(1)</script>."}
tags: [{name: one, description: First.}]
paths:
  /things/{id}:
    parameters: [{$ref: '#/components/parameters/ID'}]
    put:
      operationId: putThing
      tags: [one]
      summary: Put
      description: |
        Twice is once.

        Needs the permission ` + "`things:write`" + `.
      x-permission: things:write
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Thing'}
            example: {z: 1, a: "it's <b>"}
      responses:
        '204': {description: Done.}
        '404': {$ref: '#/components/responses/Missing'}
components:
  parameters:
    ID: {name: id, in: path, required: true, description: Which., schema: {type: string, maxLength: 9}, example: a b}
  responses:
    Missing: {description: Not there.}
  schemas:
    Thing:
      type: object
      required: [z]
      properties:
        z: {type: integer, minimum: 1, maximum: 5}
        a: {type: array, nullable: true, items: {type: string, enum: [x, y]}}
`

func TestRender(t *testing.T) {
	t.Parallel()
	html, err := render([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	page := string(html)
	for _, want := range []string{
		"<h1>T &lt;b&gt; API</h1>", "<em>words</em>", `<article id="putThing"`, "<p>Twice is once.</p>",
		`needs <code>things:write</code>`, `<code>id</code> <small>path</small> <small class="required">required</small>`,
		"string <small>0 to 9 characters</small>", "integer <small>1 to 5</small>", "array of string <small>x, y</small> or null",
		`<a href="#schema-Thing">Thing</a>`, `Not there.</p>`, `href="#answer-Missing"`,
		`{<span class="k">&#34;z&#34;</span>: <span class="n">1</span>, <span class="k">&#34;a&#34;</span>`,
		`-X PUT \
  -H &#34;Authorization: Bearer $TOKEN&#34; \
  -H &#39;Content-Type: application/json&#39; \
  -d &#39;{&#34;z&#34;: 1`, `it&#39;\&#39;&#39;s`, "$SERVER/things/a%20b",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
	for _, never := range []string{"<script>", "Needs the permission"} {
		if strings.Contains(page, never) {
			t.Errorf("there is %s", never)
		}
	}
}

func TestTagsMustFit(t *testing.T) {
	t.Parallel()
	for old, text := range map[string]string{"tags: [one]": "tags: [two]", "{name: one,": "{name: two,"} {
		if _, err := render([]byte(strings.Replace(small, old, text, 1))); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}
