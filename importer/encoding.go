package importer

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/tributarygraph/tributary/graph"
)

// encodingSample is how many bytes an encoding is told from.
const encodingSample = 64 << 10

// decode makes UTF-8 of text in another encoding, and names it: the one that is said, else UTF-16 with a byte order mark
// and GB18030, in which spreadsheets write Chinese. What is neither stays as it is.
func decode(name, said string, r io.Reader) (io.Reader, string, error) {
	buffered := bufio.NewReaderSize(r, encodingSample)
	head, err := buffered.Peek(encodingSample)
	if err != nil && err != io.EOF {
		return buffered, "", nil // said by whoever reads on
	}
	if bytes.HasPrefix(head, zipMagic) || bytes.HasPrefix(head, []byte(parquetMagic)) {
		return buffered, "", nil
	}
	if ours, _ := isRejects(string(head[:min(len(head), 100)])); ours && mostlyUTF8(head) {
		return buffered, "", nil // whatever the file is in that the rows are of
	}
	from, called, err := encodingOf(name, said, head)
	if from == nil || err != nil {
		return buffered, "", err
	}
	return transform.NewReader(buffered, from.NewDecoder()), called, nil
}

// encodingOf is nil for UTF-8, and for what is not known.
func encodingOf(name, said string, head []byte) (encoding.Encoding, string, error) {
	if said != "" {
		from, err := htmlindex.Get(said)
		if err != nil {
			return nil, "", fmt.Errorf("%w: %s: %q is no encoding that is known; allowed: utf-8, utf-16le, gb18030, big5, shift_jis, euc-jp, euc-kr, windows-1252, iso-8859-15 and others of the WHATWG", graph.ErrInvalid, name, said)
		}
		called, err := htmlindex.Name(from)
		if err != nil || called == "utf-8" {
			return nil, "", err
		}
		return from, called, nil
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM), "utf-16", nil
	case mostlyUTF8(head) || !likelyGB18030(string(head)):
		return nil, "", nil
	}
	return simplifiedchinese.GB18030, "gb18030", nil
}

// mostlyUTF8 tells UTF-8, in which a row may be damaged, from another encoding, in which some bytes happen to make
// characters of UTF-8.
func mostlyUTF8(head []byte) bool {
	good, bad := 0, 0
	for len(head) > 0 {
		r, size := utf8.DecodeRune(head)
		switch {
		case r != utf8.RuneError || size > 1:
			if size > 1 {
				good++
			}
		case utf8.FullRune(head): // else the sample cuts a character
			bad++
		}
		head = head[size:]
	}
	return bad == 0 || good > bad
}

// checkDecoded refuses a row with bytes that the encoding of the file does not have.
func checkDecoded(r *row, encoding string) *cellError {
	if encoding == "" || !bytes.ContainsRune([]byte(r.raw), utf8.RuneError) {
		return nil
	}
	return badCell("", cut(r.raw), "bytes in it are no %s, in which the file seems to be; save the file as UTF-8, or name its encoding in a mapping, input: {encoding: ...}", encoding)
}
