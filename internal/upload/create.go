package upload

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/via-orchestrate/orchestrate/internal/vod"
)

const (
	maxMetadata = 4096 // bytes of the header Upload-Metadata
	maxName     = 255  // bytes of a file name, as file systems have it
)

// create begins an upload (extension "creation").
func (s *Server) create(w http.ResponseWriter, r *http.Request, tenant string) error {
	if r.Header.Get("Upload-Defer-Length") != "" {
		return vod.Faultf(vod.Invalid, "The length of an upload must be known: send Upload-Length instead of Upload-Defer-Length.")
	}
	length, err := sizeHeader(r, "Upload-Length")
	if err != nil {
		return err
	}
	if s.MaxSize > 0 && length > s.MaxSize {
		w.Header().Set("Tus-Max-Size", strconv.FormatInt(s.MaxSize, 10))
		return vod.Faultf(vod.TooLarge, "The file has %d bytes; this server takes at most %d.", length, s.MaxSize)
	}
	metadata := strings.Join(r.Header.Values("Upload-Metadata"), ",") // RFC 9110 section 5.3
	name, err := fileName(metadata)
	if err != nil {
		return err
	}
	if err := s.room(length); err != nil {
		return err
	}
	u, err := s.add(info{Tenant: tenant, Length: length, Name: name, Metadata: metadata, Created: vod.Now()})
	if err != nil {
		return diskError(err)
	}
	if err := s.changed(r, vod.CreatedUpload, u.id); err != nil {
		return err // The upload that nobody heard of expires.
	}
	if u.Length == 0 {
		if err := s.settle(r.Context(), u.id); err != nil {
			return err
		}
	}
	w.Header().Set("Location", "/uploads/"+u.id)
	s.tell(w, u)
	w.WriteHeader(http.StatusCreated)
	return nil
}

// head tells how far an upload is.
func (s *Server) head(w http.ResponseWriter, r *http.Request, tenant string) error {
	u, err := s.find(r.Context(), tenant, r.PathValue("id"))
	if err == nil && u.offset == u.Length && !u.shelved {
		err = s.settle(r.Context(), u.id)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Upload-Length", strconv.FormatInt(u.Length, 10))
	if u.Metadata != "" {
		w.Header().Set("Upload-Metadata", u.Metadata)
	}
	s.tell(w, u)
	w.WriteHeader(http.StatusOK)
	return nil
}

// delete gives an upload up (extension "termination").
func (s *Server) delete(w http.ResponseWriter, r *http.Request, tenant string) error {
	id := r.PathValue("id")
	u, err := s.take(r.Context(), tenant, id)
	if err != nil {
		return err
	}
	defer s.unlock(id)
	if u.shelved {
		err = s.Shelf.remove(r.Context(), tenant, id)
	} else {
		err = s.erase(id)
	}
	if err != nil {
		return err
	}
	if err := s.changed(r, vod.DeletedUpload, id); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) changed(r *http.Request, action vod.Action, id string) error {
	if s.Changed == nil {
		return nil
	}
	return s.Changed(r, action, id)
}

// tell sets the headers about how far u is and how long it is kept (extension
// "expiration", times as RFC 9110 writes them).
func (s *Server) tell(w http.ResponseWriter, u upload) {
	w.Header().Set("Upload-Offset", strconv.FormatInt(u.offset, 10))
	w.Header().Set("Upload-Expires", u.expires().UTC().Format(http.TimeFormat))
}

// sizeHeader reads a header that is a number of bytes.
func sizeHeader(r *http.Request, key string) (int64, error) {
	given := strings.Join(r.Header.Values(key), ", ")
	n, err := strconv.ParseUint(given, 10, 63)
	if err != nil {
		return 0, vod.Faultf(vod.Invalid, "The header %s must be a number of bytes, not %.100q.", key, given)
	}
	return int64(n), nil
}

// fileName finds the file name in Upload-Metadata: pairs of a key, which is
// ASCII and there once, and a value in base64, separated by commas.
func fileName(metadata string) (string, error) {
	if len(metadata) > maxMetadata {
		return "", vod.Faultf(vod.Invalid, "The header Upload-Metadata is longer than %d bytes.", maxMetadata)
	}
	if metadata == "" {
		return "", nil
	}
	name, keys := "", map[string]bool{}
	for pair := range strings.SplitSeq(metadata, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(pair), " ")
		text, err := base64.StdEncoding.DecodeString(value)
		if err != nil || key == "" || strings.ContainsFunc(key, notASCII) {
			return "", vod.Faultf(vod.Invalid, "The header Upload-Metadata must hold pairs of a key and a value in base64; %.100q is none.", pair)
		}
		if keys[key] {
			return "", vod.Faultf(vod.Invalid, "The header Upload-Metadata must hold each key once; %.100q is there twice.", key)
		}
		keys[key] = true
		if key == "filename" {
			name = cleanName(string(text))
		}
	}
	return name, nil
}

func notASCII(r rune) bool { return r <= ' ' || r > '~' }

// cleanName makes a plain file name out of what a client sent: no folders of
// either style, no control characters, nothing that turns the direction of
// writing and so hides the extension, valid UTF-8, at most maxName bytes with
// the extension kept.
func cleanName(name string) string {
	name = strings.ToValidUTF8(name, "_")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return -1
		}
		return r
	}, name)
	if name == "." || name == ".." {
		return ""
	}
	if len(name) > maxName {
		ext := path.Ext(name)
		if len(ext) > 16 {
			ext = ""
		}
		cut := maxName - len(ext)
		for !utf8.RuneStart(name[cut]) {
			cut--
		}
		name = name[:cut] + ext
	}
	return name
}

func locked(id string) error {
	return &refusal{http.StatusLocked, fmt.Sprintf("Another request is writing to the upload %s. Try again in a moment.", id)}
}
