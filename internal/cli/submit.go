package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/via-orchestrate/orchestrate/client"
)

// mediaSubtitle is the media type of subtitle files.
const mediaSubtitle = "SUBTITLE"

type submitCmd struct {
	remote
	Source         string    `arg:"" help:"URL (http, https, file, upload) or path. A path outside the server's --allow-source-dir is uploaded."`
	Asset          string    `required:"" placeholder:"ID" help:"The asset that the file is of."`
	Subtitle       []string  `sep:"none" placeholder:"SOURCE[=TAG]" help:"A subtitle file for it, with its language: film.srt=en. Default: the one that its name tells (film.en.srt). May be repeated."`
	Profile        string    `placeholder:"NAME" help:"The profile to run. Default: default."`
	ProfileVersion int64     `placeholder:"ID" help:"Its version. Default: the newest."`
	MediaType      string    `placeholder:"TYPE" help:"What the file is: VIDEO, AUDIO, SUBTITLE or SMIL. Default: SUBTITLE for .srt, .vtt, .ttml, .dfxp and .xml, else VIDEO."`
	Language       string    `placeholder:"TAG" help:"Its language (BCP 47), such as en, or en-x-forced and en-x-sdh for subtitles. Default: for subtitles the one that its name tells."`
	MD5            string    `name:"md5" placeholder:"SUM" help:"Its MD5 checksum, 32 hexadecimal digits; verified, and used to skip what is known."`
	Priority       string    `placeholder:"PRIORITY" help:"What goes first among what waits: HIGH, NORMAL or LOW. Default: NORMAL."`
	Due            time.Time `placeholder:"TIME" help:"When it should be done, ISO 8601: 2026-12-01T06:00:00Z. It goes first from an hour before."`
	Force          bool      `help:"Do the work even if the same file was ingested before."`
	DryRun         bool      `help:"Only show what would be done."`
	Wait           bool      `help:"Follow the ingest to its end."`
	IdempotencyKey string    `placeholder:"KEY" help:"Submitting the same address again with the same key makes no second ingest (7 days). Default: a random one."`
}

func (c *submitCmd) Run(ctx context.Context, sh *shell) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	if err := c.checkProfile(ctx, s); err != nil {
		return err
	}
	sub, err := c.submission(ctx, sh, s)
	if err != nil {
		return err
	}
	if c.DryRun {
		return c.preview(ctx, sh, s, sub)
	}
	key := c.IdempotencyKey
	if key == "" {
		// With a key the client may ask again when an answer gets lost.
		key = uuid.NewString()
	}
	accepted, err := s.Submit(ctx, sub, key)
	switch {
	case err != nil:
		return err
	case c.Wait:
		return sh.watch(ctx, s, c.remote, accepted.IngestID)
	case c.json():
		return s.tape.print(sh.out)
	}
	_, err = fmt.Fprintf(sh.out, "Ingest %s\nTo follow it: orchestrate watch %s\n", accepted.IngestID, accepted.IngestID)
	return err
}

// submission is what is to be submitted; files that the server cannot read have
// been uploaded.
func (c *submitCmd) submission(ctx context.Context, sh *shell, s *session) (client.Submission, error) {
	sub := client.Submission{
		AssetID: c.Asset, Profile: c.Profile, ProfileVersionID: c.ProfileVersion, Force: c.Force,
		Priority: priorityOf(c.Priority), DueTime: dueOf(c.Due),
	}
	mediaType, language := strings.ToUpper(c.MediaType), c.Language
	if mediaType == "" && isSubtitle(c.Source) {
		mediaType = mediaSubtitle
	}
	if mediaType == mediaSubtitle && language == "" {
		language = nameLanguage(c.Source)
	}
	files := []client.SubmissionFile{{MediaType: mediaType, Language: given(language), URI: c.Source, MD5Sum: given(strings.ToLower(c.MD5))}}
	for _, option := range c.Subtitle {
		source, language, err := splitSubtitle(option)
		if err != nil {
			return sub, err
		}
		files = append(files, client.SubmissionFile{MediaType: mediaSubtitle, Language: given(language), URI: source})
	}
	for i := range files {
		uri, err := c.address(ctx, sh, s, files[i].URI)
		if err != nil {
			return sub, err
		}
		files[i].URI = uri
	}
	if one := files[0]; len(files) == 1 {
		sub.URI, sub.MediaType, sub.Language, sub.MD5Sum = one.URI, one.MediaType, one.Language, one.MD5Sum
	} else {
		sub.Filesets = []client.SubmissionFileset{{Files: files}}
	}
	return sub, nil
}

// checkProfile asks for the profile. The server refuses a submission under an
// unknown one too, but only after the whole upload.
func (c *submitCmd) checkProfile(ctx context.Context, s *session) error {
	name := c.Profile
	switch {
	case name == "" && c.ProfileVersion == 0:
		return nil // There always is a default.
	case name == "":
		name = "default"
	}
	_, err := s.Profile(ctx, name, c.ProfileVersion)
	return noProfile(err)
}

// preview prints what a submission would do.
func (c *submitCmd) preview(ctx context.Context, sh *shell, s *session, sub client.Submission) error {
	p, err := s.Preview(ctx, sub)
	switch {
	case err != nil:
		return err
	case c.json():
		return s.tape.print(sh.out)
	}
	fmt.Fprintf(sh.out, "Profile %s, version %d\n\n", oneLine(p.Profile), p.ProfileVersionID)
	rows := [][]string{{"STEP", "STAGE", "TYPE", "NAME", "TAKES", "AFTER"}}
	for _, st := range p.Steps {
		after := []string{}
		for _, n := range st.After {
			after = append(after, strconv.Itoa(n))
		}
		rows = append(rows, []string{strconv.Itoa(st.Step), string(st.Stage), st.Type, st.Name, st.Filter, strings.Join(after, ", ")})
	}
	if err := table(sh.out, rows); err != nil {
		return err
	}
	for _, note := range p.Notes {
		fmt.Fprintf(sh.out, "\n%s\n", oneLine(note))
	}
	return nil
}

// given is nil for an option that was not given.
func given(value string) *string {
	if value == "" {
		return nil
	}
	return &value
}
