package config

import (
	"log/slog"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Config is the configuration of a server. The tags give each key its name,
// default, help and, for messages, what its value has to be.
type Config struct {
	File string `name:"config" yaml:"-" placeholder:"FILE" help:"Configuration file (YAML). Default: ./orchestrate.yaml if there is one."`

	Addr      string `yaml:"addr" default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to listen at; without sign-in only a loopback address is accepted. Default: ${default}."`
	PublicURL string `name:"public-url" yaml:"public-url" placeholder:"URL" help:"How clients reach this server, for absolute media addresses. Default: http:// and the address."`

	MetricsAddr string `yaml:"metrics-addr" placeholder:"HOST:PORT" help:"Address to serve Prometheus metrics at (/metrics), without sign-in: bind it where only the monitoring gets. Default: none."`

	Data      string `yaml:"data" default:"./data" placeholder:"DIR" help:"Folder for everything that the server keeps. Default: ${default}."`
	DB        string `name:"db" yaml:"db" placeholder:"URL" help:"Database, sqlite:PATH. Default: orchestrate.db in the data folder."`
	Temporal  string `yaml:"temporal" placeholder:"HOST:PORT" help:"Temporal server that delivers the work. Not available in this version."`
	MediaRoot string `yaml:"media-root" placeholder:"DIR" help:"Folder that is served below /media/. Default: media in the data folder."`
	MinFree   Bytes  `yaml:"min-free" default:"5GB" placeholder:"SIZE" wants:"a size such as 5GB or 500MiB" help:"Free disk space below which new work waits. Default: ${default}."`
	UploadMax Bytes  `yaml:"upload-max" default:"0B" placeholder:"SIZE" wants:"a size such as 5GB or 500MiB" help:"Largest upload; 0 for no limit. Default: ${default}."`

	AllowNet       []netip.Prefix `yaml:"allow-net" placeholder:"CIDR" wants:"a list of networks such as 10.0.0.0/8" help:"Private network that sources and targets may be in. Repeatable. Default: none."`
	AllowSourceDir []string       `yaml:"allow-source-dir" placeholder:"DIR" wants:"a list of folders" help:"Folder that file: sources may be in. Repeatable. Default: none."`

	PlayConnect []string `yaml:"play-connect" placeholder:"ORIGIN" wants:"a list of origins such as https://keys.example.com" help:"Origin that the play page may load keys of encrypted streams from. Repeatable. Default: none."`

	SignIn `embed:"" yaml:",inline"`

	Retention Retention `embed:"" yaml:",inline"`

	Slots      Slots         `yaml:"slots" placeholder:"STAGE=N,…" wants:"a number of tasks per stage, such as encoding=1,packaging=2" help:"Tasks that may run at the same time, per stage. Default: by the number of processors."`
	FFmpeg     string        `name:"ffmpeg" yaml:"ffmpeg" default:"ffmpeg" placeholder:"PATH" help:"The ffmpeg program. Default: ${default}."`
	FFprobe    string        `name:"ffprobe" yaml:"ffprobe" default:"ffprobe" placeholder:"PATH" help:"The ffprobe program. Default: ${default}."`
	StallAfter time.Duration `yaml:"stall-after" default:"60s" placeholder:"TIME" wants:"a time such as 60s or 2m" help:"An ffmpeg whose media time stands still for so long is ended. Default: ${default}."`
	Drain      time.Duration `yaml:"drain" default:"6s" placeholder:"TIME" wants:"a time such as 60s or 2m" help:"How long a server that is told to stop lets running tasks finish. Default: ${default}."`

	LogLevel  slog.Level `yaml:"log-level" default:"INFO" placeholder:"LEVEL" wants:"DEBUG, INFO, WARN or ERROR" help:"DEBUG, INFO, WARN or ERROR. Default: ${default}."`
	LogFormat string     `yaml:"log-format" default:"text" placeholder:"FORMAT" help:"text or json. Default: ${default}."`

	// Locations are the operator's named locations, by name. Only the file has them.
	Locations []Location `kong:"-" yaml:"-"`
}

// fill sets what depends on other values, and makes the folders absolute.
// PublicURL stays empty where the port is chosen by the system ("…:0").
func (c *Config) fill() error {
	var err error
	if c.Data, err = filepath.Abs(c.Data); err != nil {
		return err
	}
	if c.DB == "" {
		c.DB = "sqlite:" + filepath.Join(c.Data, "orchestrate.db")
	}
	if c.MediaRoot == "" {
		c.MediaRoot = filepath.Join(c.Data, "media")
	}
	if c.MediaRoot, err = filepath.Abs(c.MediaRoot); err != nil {
		return err
	}
	if c.PublicURL == "" && !strings.HasSuffix(c.Addr, ":0") {
		c.PublicURL = "http://" + c.Addr
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	c.Slots = c.Slots.withDefaults()
	return nil
}

// SQLitePath is the file of the database, or "" if it is not SQLite.
func (c *Config) SQLitePath() string {
	path, ok := strings.CutPrefix(c.DB, "sqlite:")
	if !ok {
		return ""
	}
	return path
}

// Print gives the configuration as a file that would be read as the same, with
// secrets left out.
func (c *Config) Print() ([]byte, error) {
	shown := *c
	if u, err := url.Parse(shown.DB); err == nil && u.User != nil {
		shown.DB = u.Redacted()
	}
	mappings := map[string]any{}
	if len(c.Locations) > 0 {
		mappings["locations"] = locationsByName(c.Locations)
	}
	if len(c.Retention.Tenants) > 0 {
		mappings["retention"] = c.Retention.Tenants
	}
	text, err := yaml.Marshal(shown)
	if err != nil || len(mappings) == 0 {
		return text, err
	}
	more, err := yaml.Marshal(mappings)
	return append(text, more...), err
}
