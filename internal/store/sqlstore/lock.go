package sqlstore

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

// asset is what writes that change ingests or the catalogue exclude each other
// by. Whoever locks several does so in their order, and before anything else.
type asset struct{ tenant, id string }

func assetOf(in vod.Ingest) asset { return asset{in.Tenant, in.AssetID} }

func (a asset) compare(b asset) int {
	return cmp.Or(cmp.Compare(a.tenant, b.tenant), cmp.Compare(a.id, b.id))
}

func (t *tx) lockAsset(a asset) error { return t.Lock("asset", a.tenant, a.id) }

// lockAssets locks the assets of the ingests.
func (t *tx) lockAssets(of []vod.Ingest) (locked []asset, err error) {
	for _, in := range of {
		locked = append(locked, assetOf(in))
	}
	slices.SortFunc(locked, asset.compare)
	locked = slices.Compact(locked)
	for _, a := range locked {
		if err := t.lockAsset(a); err != nil {
			return nil, err
		}
	}
	return locked, nil
}

const assetQuery = `SELECT tenant, asset_id FROM ingests INDEXED BY ingests_by_id WHERE id = ?`

// lockIngest locks the asset of the ingest with the key, which never has
// another. One that is not there locks nothing.
func (t *tx) lockIngest(key string) error {
	if t.Serial() {
		return nil
	}
	a, ok, err := First(t, assetRow, assetQuery, key)
	if err != nil {
		return fmt.Errorf("look for the asset of ingest %s: %w", key, err)
	}
	if !ok {
		return nil
	}
	return t.lockAsset(a)
}

func assetRow(a *asset) []Column { return []Column{text[string]{&a.tenant}, text[string]{&a.id}} }
