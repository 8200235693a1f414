package vod

// LocationType says how a location is reached.
type LocationType string

// The location types.
const (
	LocationFile LocationType = "file" // a folder, read and written
	LocationS3   LocationType = "s3"   // a bucket, read and written
	LocationWeb  LocationType = "web"  // addresses only
)

// Location is where files live, as it stands in profiles and filesets. Key
// order is that of the Status API's page. A profile may name a location of the
// operator's configuration by Name alone; the snapshot in an ingest holds the
// resolved value.
type Location struct {
	Name string `json:"name"`
	// S3Arn names the bucket and, behind a slash, the prefix of the keys, without
	// a trailing slash: arn:aws:s3:::bucket/prefix, type s3.
	S3Arn     string `json:"s3Arn,omitempty"`
	VersionID int64  `json:"versionId,omitempty"`
	Path      string `json:"path,omitempty"`    // absolute folder, type file
	BaseURL   string `json:"baseUrl,omitempty"` // without trailing slash, type web
	// Endpoint is the address of the S3 service, where it is not that of AWS in
	// the region.
	Endpoint string `json:"endpoint,omitempty"`
	Region   string `json:"region,omitempty"` // of the bucket; empty: as the credential chain says
	// IAMRoleArn is the role that is assumed to use the bucket; empty: none.
	IAMRoleArn string       `json:"iamRoleArn,omitempty"`
	Type       LocationType `json:"type,omitempty"`
}
