package profile

import (
	"slices"
	"strings"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// hlsOnly tells whether a scheme is one of HLS alone, so that no DASH manifest
// comes out.
func hlsOnly(scheme string) bool { return scheme == "AES-128" || scheme == "SAMPLE-AES" }

// schemeOf is the encryption scheme of a packaging's own profile, "" for none.
func schemeOf(own map[string]any) string {
	encryption, _ := own["encryption"].(map[string]any)
	scheme, _ := encryption["scheme"].(string)
	return scheme
}

// checkEncryption finds what the schema cannot say of an encryption.
func checkEncryption(path string, value any) []vod.FieldProblem {
	encryption, _ := value.(map[string]any)
	var problems []vod.FieldProblem
	scheme, _ := encryption["scheme"].(string)
	_, fromFile := encryption["keyFile"]
	if _, given := encryption["keyUri"]; !given && (fromFile || hlsOnly(scheme) && !fairPlay(scheme, encryption)) {
		problems = append(problems, vod.FieldProblem{
			Path: path + "/keyUri", Message: "is missing: players fetch the key from an address that the manifests name",
		})
	}
	server, _ := encryption["keyServer"].(map[string]any)
	if url, ok := server["url"].(string); ok && strings.HasPrefix(url, "http:") {
		problems = append(problems, vod.FieldProblem{
			Path: path + "/keyServer/url", Message: "must be an https address: keys come over it",
		})
	}
	return problems
}

// fairPlay tells whether the key server tells the address of the key.
func fairPlay(scheme string, encryption map[string]any) bool {
	server, _ := encryption["keyServer"].(map[string]any)
	systems, _ := server["systems"].([]any)
	return scheme == "SAMPLE-AES" && slices.Contains(systems, any("FAIRPLAY"))
}
