package subtitle

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// xmlEncoding finds the encoding in an XML declaration.
var xmlEncoding = regexp.MustCompile(`^\s*<\?xml[^>]{0,100}encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']`)

// decode makes UTF-8 of the bytes of a file, without a byte order mark. language
// helps to guess an encoding that nothing tells; remark is about that guess.
func decode(data []byte, language string) (text, remark string, err error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xFF\xFE")), bytes.HasPrefix(data, []byte("\xFE\xFF")):
		text, err = convert(data, unicode.UTF16(unicode.BigEndian, unicode.UseBOM))
		return text, "", err
	}
	if order, ok := zeros(data); ok {
		text, err = convert(data, unicode.UTF16(order, unicode.IgnoreBOM))
		return text, "The file is in UTF-16 without a mark that says so.", err
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", "", badLine(0, "the file is not text")
	}
	if utf8.Valid(data) {
		return string(data), "", nil
	}
	if m := xmlEncoding.FindSubmatch(data); m != nil {
		if declared, err := htmlindex.Get(string(m[1])); err == nil && declared != unicode.UTF8 {
			text, err := convert(data, declared)
			return text, "", err
		}
	}
	if damaged, bad := damagedUTF8(data); damaged {
		return strings.ToValidUTF8(string(data), "\uFFFD"), fmt.Sprintf("The file is UTF-8 with %s that are not; each is shown as a question mark.",
			count(bad, "byte", "bytes")), nil
	}
	legacy, name := legacyEncoding(language)
	text, err = convert(data, legacy)
	return text, fmt.Sprintf("The file is not in UTF-8; it was read as %s.", name), err
}

func convert(data []byte, from encoding.Encoding) (string, error) {
	text, err := from.NewDecoder().Bytes(data)
	if err != nil {
		return "", badLine(0, "the file is not in the encoding that it says")
	}
	return string(bytes.TrimPrefix(text, []byte("\uFEFF"))), nil
}

// zeros tells UTF-16 without a byte order mark: in most languages every other
// byte of times, numbers and spaces is zero.
func zeros(data []byte) (unicode.Endianness, bool) {
	head := data[:min(len(data), 512)]
	var count [2]int
	for i, b := range head {
		if b == 0 {
			count[i%2]++
		}
	}
	switch many := len(head) / 4; {
	case len(head) < 8:
		return unicode.LittleEndian, false
	case count[1] > many && count[0] == 0:
		return unicode.LittleEndian, true
	case count[0] > many && count[1] == 0:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

// damagedUTF8 tells UTF-8 with a few bad bytes from another encoding, in which
// hardly two bytes happen to be a character.
func damagedUTF8(data []byte) (damaged bool, bad int) {
	good := 0
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		data = data[n:]
	}
	return good > 4*bad, bad
}

// legacyEncoding is the encoding that files in a language had before UTF-8, on
// the most common system.
func legacyEncoding(language string) (from encoding.Encoding, name string) {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	switch base {
	case "cs", "hr", "hu", "pl", "ro", "sk", "sl":
		return charmap.Windows1250, "Windows-1250"
	case "be", "bg", "mk", "ru", "sr", "uk":
		return charmap.Windows1251, "Windows-1251"
	case "el":
		return charmap.Windows1253, "Windows-1253"
	case "tr":
		return charmap.Windows1254, "Windows-1254"
	case "he":
		return charmap.Windows1255, "Windows-1255"
	case "ar", "fa":
		return charmap.Windows1256, "Windows-1256"
	case "et", "lt", "lv":
		return charmap.Windows1257, "Windows-1257"
	case "vi":
		return charmap.Windows1258, "Windows-1258"
	case "ja":
		return japanese.ShiftJIS, "Shift JIS"
	case "ko":
		return korean.EUCKR, "EUC-KR"
	case "zh":
		return simplifiedchinese.GB18030, "GB 18030"
	}
	return charmap.Windows1252, "Windows-1252"
}
