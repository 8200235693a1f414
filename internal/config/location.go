package config

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

var namePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// Location is a place that the operator lets profiles of some tenants use, by
// its name.
type Location struct {
	vod.Location
	Tenants []string // "*" is every tenant
}

// locationYAML is a location as the file has it, below its name. Its keys are
// those of locations in profiles.
type locationYAML struct {
	Type       string   `yaml:"type"`
	Path       string   `yaml:"path,omitempty"`
	BaseURL    string   `yaml:"baseUrl,omitempty"`
	S3Arn      string   `yaml:"s3Arn,omitempty"`
	Endpoint   string   `yaml:"endpoint,omitempty"`
	Region     string   `yaml:"region,omitempty"`
	IAMRoleArn string   `yaml:"iamRoleArn,omitempty"`
	Tenants    []string `yaml:"tenants"`
}

// locationKeys are the keys of a location.
func locationKeys() []string {
	return []string{"type", "path", "baseUrl", "s3Arn", "endpoint", "region", "iamRoleArn", "tenants"}
}

func locationsByName(locations []Location) map[string]locationYAML {
	byName := map[string]locationYAML{}
	for _, l := range locations {
		byName[l.Name] = locationYAML{string(l.Type), l.Path, l.BaseURL, l.S3Arn, l.Endpoint, l.Region, l.IAMRoleArn, l.Tenants}
	}
	return byName
}

// readLocations reads the mapping below the key locations. report hears of
// every problem.
func readLocations(node *yaml.Node, report func(n *yaml.Node, key, message string)) []Location {
	if node.Kind != yaml.MappingNode {
		report(node, "locations", "must be a mapping from names to locations")
		return nil
	}
	var locations []Location
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		path := "locations." + name.Value
		var l locationYAML
		if err := value.Decode(&l); err != nil {
			report(value, path, "must be a mapping of type, path, baseUrl or s3Arn, and a list of tenants")
			continue
		}
		for k := 0; k+1 < len(value.Content); k += 2 {
			if key := value.Content[k]; !slices.Contains(locationKeys(), key.Value) {
				report(key, path+"."+key.Value, "is not a key that there is")
			}
		}
		locations = append(locations, Location{
			Location: vod.Location{
				Name: name.Value, Type: vod.LocationType(l.Type), Path: l.Path, BaseURL: strings.TrimRight(l.BaseURL, "/"),
				S3Arn: strings.TrimRight(l.S3Arn, "/"), Endpoint: strings.TrimRight(l.Endpoint, "/"), Region: l.Region, IAMRoleArn: l.IAMRoleArn,
			},
			Tenants: l.Tenants,
		})
	}
	return locations
}

// problems tells what is wrong with the location, nothing if it can be used.
func (l Location) problems() []string {
	var all []string
	bad := func(format string, args ...any) {
		all = append(all, fmt.Sprintf("locations.%s", l.Name)+fmt.Sprintf(format, args...))
	}
	if !namePattern.MatchString(l.Name) {
		bad(": a name has 1 to 63 letters, digits, dots, dashes and underscores, and begins with a letter or digit")
	}
	if len(l.Tenants) == 0 {
		bad(`.tenants: is missing; name the tenants that may use it, or "*" for all`)
	}
	switch l.Type {
	case vod.LocationFile:
		if !filepath.IsAbs(l.Path) {
			bad(".path: %q is not an absolute folder", l.Path)
		}
	case vod.LocationWeb:
		if p := urlProblem(l.BaseURL); p != "" {
			bad(".baseUrl: %s", p)
		}
	case vod.LocationS3:
		for _, p := range s3Problems(l.Location) {
			bad(".%s: %s", p.key, p.text)
		}
	default:
		bad(".type: %q is not a type; use file, s3 or web", l.Type)
	}
	return all
}
