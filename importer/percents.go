package importer

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// percents tells which cells of a sheet are shown as percentages. The library gives no formats of cells while it streams a
// sheet, so that the part of the archive is looked through once more beside it, for tags alone; and only in workbooks that
// have such a format at all.
type percents struct {
	part   io.ReadCloser
	in     *bufio.Reader
	styles []bool // by the number of the style
	begun  int64  // the row whose tag was read, 0 before the first
	ended  bool
}

// openPercents returns nil where nothing in the workbook is shown as a percentage.
func openPercents(archive *zip.Reader, sheet string) (*percents, error) {
	book := archiveFile(archive, func(name string) bool { return path.Base(name) == "workbook.xml" })
	if book == nil {
		return nil, nil
	}
	folder := path.Dir(book.Name)
	var names struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	var links struct {
		Links []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if readPart(book, &names) != nil || readPart(named(archive, folder+"/_rels/workbook.xml.rels"), &links) != nil {
		return nil, nil // the library says what is wrong
	}
	var part, styles *zip.File
	for _, link := range links.Links {
		target := path.Join(folder, link.Target)
		if strings.HasPrefix(link.Target, "/") {
			target = path.Clean(link.Target[1:])
		}
		for _, s := range names.Sheets {
			if s.ID == link.ID && s.Name == sheet {
				part = named(archive, target)
			}
		}
		if strings.HasSuffix(link.Type, "/styles") {
			styles = named(archive, target)
		}
	}
	p := &percents{styles: percentStyles(styles)}
	if part == nil || !slices.Contains(p.styles, true) {
		return nil, nil
	}
	var err error
	if p.part, err = part.Open(); err != nil {
		return nil, err
	}
	p.in = bufio.NewReaderSize(p.part, 1<<16)
	return p, nil
}

func archiveFile(archive *zip.Reader, is func(name string) bool) *zip.File {
	i := slices.IndexFunc(archive.File, func(f *zip.File) bool { return is(f.Name) })
	if i < 0 {
		return nil
	}
	return archive.File[i]
}

func named(archive *zip.Reader, name string) *zip.File {
	return archiveFile(archive, func(have string) bool { return strings.EqualFold(have, name) })
}

func readPart(f *zip.File, into any) error {
	if f == nil {
		return io.ErrUnexpectedEOF
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	return xml.NewDecoder(io.LimitReader(r, maxUnzipped)).Decode(into)
}

// percentStyles tells of each style whether numbers are shown as percentages in it.
func percentStyles(f *zip.File) []bool {
	var sheet struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if readPart(f, &sheet) != nil {
		return nil
	}
	percent := map[int]bool{9: true, 10: true} // 0% and 0.00%, which every workbook has
	for _, f := range sheet.Formats {
		percent[f.ID] = showsPercent(f.Code)
	}
	out := make([]bool, len(sheet.Cells))
	for i, c := range sheet.Cells {
		out[i] = percent[c.Format]
	}
	return out
}

// showsPercent reports whether a format multiplies by a hundred: its % is no text in quotes, behind a backslash or in brackets.
func showsPercent(code string) bool {
	var within byte
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case within != 0:
			if c == within {
				within = 0
			}
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == '"':
			within = '"'
		case c == '[':
			within = ']'
		case c == '%':
			return true
		}
	}
	return false
}

// mark writes the numbers of a row that are shown as percentages as such: 0.18 becomes 18%. Rows come in their order.
func (p *percents) mark(row int64, cells []string) error {
	if p == nil {
		return nil
	}
	for column := -1; !p.ended && p.begun <= row; {
		name, attributes, err := p.tag()
		if err == io.EOF {
			p.ended = true
			return nil
		}
		if err != nil {
			return err
		}
		switch string(name) {
		case "row":
			p.begun++
			if n, err := strconv.ParseInt(attribute(attributes, "r"), 10, 64); err == nil {
				p.begun = n
			}
			column = -1
		case "c":
			column++
			if at := columnOf(attribute(attributes, "r")); at >= 0 {
				column = at
			}
			kind := attribute(attributes, "t")
			style, err := strconv.Atoi(attribute(attributes, "s"))
			if err == nil && style >= 0 && style < len(p.styles) && p.styles[style] && (kind == "" || kind == "n") && p.begun == row && column < len(cells) {
				cells[column] = percentage(cells[column])
			}
		}
	}
	return nil
}

// tag reads up to the next tag that opens an element, and gives its name, without a prefix, and its attributes.
func (p *percents) tag() (name, attributes []byte, err error) {
	for {
		if _, err := p.in.ReadSlice('<'); errors.Is(err, bufio.ErrBufferFull) {
			continue
		} else if err != nil {
			return nil, nil, err
		}
		text, err := p.in.ReadSlice('>')
		if errors.Is(err, bufio.ErrBufferFull) {
			continue // no row and no cell is as long
		}
		if err != nil {
			return nil, nil, err
		}
		end := bytes.IndexAny(text, " \t\r\n/>")
		if _, local, found := bytes.Cut(text[:end], []byte(":")); found {
			return local, text[end:], nil
		}
		return text[:end], text[end:], nil
	}
}

// attribute is the value of an attribute, empty where it is not there.
func attribute(attributes []byte, name string) string {
	for rest := attributes; ; {
		before, after, found := bytes.Cut(rest, []byte("="))
		if !found {
			return ""
		}
		after = bytes.TrimLeft(after, " \t\r\n")
		if len(after) < 2 {
			return ""
		}
		end := bytes.IndexByte(after[1:], after[0])
		if end < 0 {
			return ""
		}
		if string(bytes.TrimSpace(before)) == name {
			return string(after[1 : end+1])
		}
		rest = after[end+2:]
	}
}

// columnOf is the column of a cell named as in B2, from 0; -1 where there is none.
func columnOf(cell string) int {
	n := 0
	for i := 0; i < len(cell) && cell[i] >= 'A' && cell[i] <= 'Z' && n <= 1<<20; i++ {
		n = n*26 + int(cell[i]-'A') + 1
	}
	return n - 1
}

// percentage is a number as a percentage, to the 15 digits that spreadsheets count with; other texts stay as they are.
func percentage(text string) string {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || number-number != 0 {
		return text
	}
	number, _ = strconv.ParseFloat(strconv.FormatFloat(number*100, 'g', 15, 64), 64) // what was just written
	return strconv.FormatFloat(number, 'f', -1, 64) + "%"
}

// Close is that of the part.
func (p *percents) Close() error {
	if p == nil {
		return nil
	}
	return p.part.Close()
}
