package config

import (
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Retention says for how long what is done with is kept. The ages hold for all
// tenants, but where Tenants has others.
type Retention struct {
	Replaced Age `name:"retention-replaced" yaml:"retention-replaced" default:"24h" placeholder:"AGE" wants:"a time such as 36h or 90d" help:"Outputs of an ingest are removed so long after another one replaced it; 0 for never. Default: ${default}."`
	Ingests  Age `name:"retention-ingests" yaml:"retention-ingests" default:"0" placeholder:"AGE" wants:"a time such as 36h or 90d" help:"Finished ingests are deleted so long after their end, but for what plays; 0 for never. Default: ${default}."`
	Audit    Age `name:"retention-audit" yaml:"retention-audit" default:"0" placeholder:"AGE" wants:"a time such as 36h or 90d" help:"Entries of the audit log are deleted after so long; 0 for never. Default: ${default}."`

	// Tenants are ages of single tenants. Only the file has them.
	Tenants map[string]TenantRetention `kong:"-" yaml:"-"`
}

// TenantRetention is what differs for one tenant; nil where nothing does.
type TenantRetention struct {
	Replaced *Age `yaml:"replaced,omitempty"`
	Ingests  *Age `yaml:"ingests,omitempty"`
	Audit    *Age `yaml:"audit,omitempty"`
}

// Of gives the ages that hold for a tenant.
func (r Retention) Of(tenant string) (replaced, ingests, audit Age) {
	own := r.Tenants[tenant]
	choose := func(own *Age, common Age) Age {
		if own != nil {
			return *own
		}
		return common
	}
	return choose(own.Replaced, r.Replaced), choose(own.Ingests, r.Ingests), choose(own.Audit, r.Audit)
}

// readRetention reads the mapping below the key retention. report hears of
// every problem.
func readRetention(node *yaml.Node, report func(n *yaml.Node, key, message string)) map[string]TenantRetention {
	if node.Tag == "!!null" {
		return nil
	}
	if node.Kind != yaml.MappingNode {
		report(node, "retention", "must be a mapping from tenants to ages")
		return nil
	}
	all := map[string]TenantRetention{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		path := "retention." + name.Value
		if _, twice := all[name.Value]; twice {
			report(name, path, "stands in the file twice")
		}
		var r TenantRetention
		if err := value.Decode(&r); err != nil || value.Kind != yaml.MappingNode {
			report(value, path, "must be a mapping of replaced, ingests and audit to times such as 36h or 90d")
			continue
		}
		for k := 0; k+1 < len(value.Content); k += 2 {
			if key := value.Content[k]; !slices.Contains([]string{"replaced", "ingests", "audit"}, key.Value) {
				report(key, fmt.Sprintf("%s.%s", path, key.Value), "is not a key that there is")
			}
		}
		all[name.Value] = r
	}
	return all
}
