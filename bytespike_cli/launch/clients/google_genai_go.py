"""google.golang.org/genai, Google's SDK for Go: as google-genai 2.x for Python.

Run, and read in its source, at v1.77.0: it asks under /v1beta whatever the environment says. Each
line of a stream that is not `data:` and JSON is an error to it: a comment, an event's name, [DONE].
It resends nothing by itself.
"""

from bytespike_cli.launch.client import Client, Shape, Snippet

CLIENT = Client(
    name="google-genai-go",
    title="google.golang.org/genai for Go",
    aliases=("google.golang.org/genai", "go"),
    keys=("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    addresses={"GOOGLE_GEMINI_BASE_URL": Shape.ORIGIN},
    # With both keys set it complains on every start.
    off=("GOOGLE_API_KEY", "GOOGLE_GENAI_USE_VERTEXAI", "GOOGLE_GENAI_USE_ENTERPRISE"),
    needs=("done", "framing", "ids", "paths"),
    snippet=Snippet(
        """\
// go mod init example && go get google.golang.org/genai, and save this as main.go; the key is in
// GEMINI_API_KEY. To stream, and for every other call, run it with
// `bytespike exec --client google-genai-go -- go run .`.
package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"os"

	"google.golang.org/genai"
)

func main() {
	ctx := context.Background()
	client, err := genai.NewClient(ctx, &genai.ClientConfig{
		APIKey:  os.Getenv("GEMINI_API_KEY"),
		Backend: genai.BackendGeminiAPI,
		HTTPOptions: genai.HTTPOptions{
			BaseURL:    cmp.Or(os.Getenv("GOOGLE_GEMINI_BASE_URL"), @ORIGIN@),
			APIVersion: "v1beta",
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	response, err := client.Models.GenerateContent(ctx, @MODEL@, genai.Text("say hi"), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Text())
}
"""
    ),
)
