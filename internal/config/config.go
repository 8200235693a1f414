package config

import (
	"log/slog"
	"net/netip"
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

	Data           string `yaml:"data" default:"./data" placeholder:"DIR" help:"Folder for everything that this process keeps. Default: ${default}."`
	DB             string `name:"db" yaml:"db" placeholder:"URL" help:"Database: sqlite:PATH, or postgres://USER@HOST/NAME for several processes. Default: orchestrate.db in the data folder."`
	DBPasswordFile string `name:"db-password-file" yaml:"db-password-file" placeholder:"FILE" help:"File with the password for a Postgres database. Default: the one in its address, else as PGPASSFILE says."`

	Temporal Temporal `embed:"" yaml:",inline"`

	MediaRoot   string `yaml:"media-root" placeholder:"ROOT" help:"What is served below /media/: a folder, or s3://BUCKET/PREFIX?endpoint=URL&region=NAME&iamRoleArn=ARN. Default: media in the data folder."`
	StoreRoot   string `yaml:"store-root" placeholder:"ROOT" help:"Where steps hand files to each other, written like media-root. Default: store in the data folder, or beside a media root in a bucket."`
	Scratch     string `yaml:"scratch" placeholder:"DIR" help:"Folder for what running tasks need for a while, on a disk of this machine. Default: scratch in the data folder."`
	ScratchSize Bytes  `yaml:"scratch-size" default:"0B" placeholder:"SIZE" wants:"a size such as 5GB or 500MiB" help:"How much the tasks of this process may use of it; 0 for what its disk has, but for min-free. Default: ${default}."`
	MinFree     Bytes  `yaml:"min-free" default:"5GB" placeholder:"SIZE" wants:"a size such as 5GB or 500MiB" help:"Free disk space below which new work waits. Default: ${default}."`
	UploadMax   Bytes  `yaml:"upload-max" default:"0B" placeholder:"SIZE" wants:"a size such as 5GB or 500MiB" help:"Largest upload; 0 for no limit. Default: ${default}."`

	AllowNet       []netip.Prefix `yaml:"allow-net" placeholder:"CIDR" wants:"a list of networks such as 10.0.0.0/8" help:"Private network that sources and targets may be in. Repeatable. Default: none."`
	AllowSourceDir []string       `yaml:"allow-source-dir" placeholder:"DIR" wants:"a list of folders" help:"Folder that file: sources may be in. Repeatable. Default: none."`

	PlayConnect []string `yaml:"play-connect" placeholder:"ORIGIN" wants:"a list of origins such as https://keys.example.com" help:"Origin that the play page may load keys of encrypted streams from. Repeatable. Default: none."`

	SignIn `embed:"" yaml:",inline"`

	Retention Retention `embed:"" yaml:",inline"`

	Stages     []Stage       `yaml:"stages" placeholder:"STAGE" wants:"a list of stages such as ENCODING" help:"Stage whose tasks this process runs, where Temporal delivers them. Repeatable. Default: all in a worker, none in a server."`
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
	if c.StoreRoot == "" {
		c.StoreRoot = storeBeside(c.MediaRoot, c.Data)
	}
	if c.Scratch == "" {
		c.Scratch = filepath.Join(c.Data, "scratch")
	}
	for _, folder := range []*string{&c.MediaRoot, &c.StoreRoot, &c.Scratch} {
		if isS3(*folder) {
			continue
		}
		if *folder, err = filepath.Abs(*folder); err != nil {
			return err
		}
	}
	if c.PublicURL == "" && !strings.HasSuffix(c.Addr, ":0") {
		c.PublicURL = "http://" + c.Addr
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	c.Slots = c.Slots.withDefaults()
	return nil
}

// Print gives the configuration as a file that would be read as the same, with
// secrets left out.
func (c *Config) Print() ([]byte, error) {
	shown := *c
	shown.DB = c.ShownDB()
	mappings := map[string]any{}
	if len(c.Locations) > 0 {
		mappings["locations"] = locationsByName(c.Locations)
	}
	if len(c.Retention.Tenants) > 0 {
		mappings["retention"] = c.Retention.Tenants
	}
	text, err := yaml.Marshal(shown) //nolint:gosec // DBPasswordFile is the name of a file.
	if err != nil || len(mappings) == 0 {
		return text, err
	}
	more, err := yaml.Marshal(mappings)
	return append(text, more...), err
}
