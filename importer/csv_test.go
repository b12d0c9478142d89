package importer

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// readCSV cuts text into rows; rows that cannot be read come as their problem.
func readCSV(t testing.TB, r io.Reader) (rows [][]string, found []row, problems []string) {
	t.Helper()
	ctx := context.Background()
	c, err := openContent(ctx, file{name: "test.csv", reader: r}, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	reader := newCSVReader(buffer{ctx: ctx, content: c})
	for {
		x, err := reader.next()
		bad := (*rowError)(nil)
		switch {
		case err == io.EOF:
			return rows, found, problems
		case errors.As(err, &bad):
			problems = append(problems, fmt.Sprintf("%d: %s", x.number, bad.why))
		case err != nil:
			t.Fatal(err)
		default:
			rows = append(rows, slices.Clone(x.cells))
			found = append(found, x)
		}
	}
}

func TestCSV(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       [][]string
	}{
		{"plain", "a,b\nc,d\n", [][]string{{"a", "b"}, {"c", "d"}}},
		{"no end of line at the end", "a,b\nc,d", [][]string{{"a", "b"}, {"c", "d"}}},
		{"Windows ends of line", "a,b\r\nc,\r\n", [][]string{{"a", "b"}, {"c", ""}}},
		{"Windows end, the last cut", "a,b\r", [][]string{{"a", "b"}}},
		{"quotes", `"a,1","b ""x"""` + "\n" + `"",c`, [][]string{{"a,1", `b "x"`}, {"", "c"}}},
		{"lines in quotes", "\"a\nb\",c\nd,e\n", [][]string{{"a\nb", "c"}, {"d", "e"}}},
		{"a quote inside", "24\" wafer,b\n", [][]string{{`24" wafer`, "b"}}},
		{"empty lines", "a,b\n\n  \n\nc,d\n\n", [][]string{{"a", "b"}, {"c", "d"}}},
		{"commas only", ",\n", [][]string{{"", ""}}},
		{"nothing", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			for name, r := range map[string]io.Reader{"whole": strings.NewReader(test.text), "a byte at a time": iotest.OneByteReader(strings.NewReader(test.text))} {
				rows, _, problems := readCSV(t, r)
				if !slices.EqualFunc(rows, test.want, slices.Equal) || len(problems) > 0 {
					t.Errorf("%s: %q (%v), want %q", name, rows, problems, test.want)
				}
			}
		})
	}
}

func TestCSVPlaces(t *testing.T) {
	_, rows, problems := readCSV(t, strings.NewReader("h1,h2\n\n\"two\nlines\",x\n\"bad\"x,y\nlast,z\n"))
	if len(rows) != 3 || len(problems) != 1 {
		t.Fatalf("%d rows, problems %q", len(rows), problems)
	}
	if want := "4: " + whyAfterQuote; problems[0] != want {
		t.Errorf("problem %q, want %q", problems[0], want)
	}
	for i, want := range []row{{number: 1, line: 1, offset: 0}, {number: 3, line: 3, offset: 7}, {number: 5, line: 6, offset: 30}} {
		got := rows[i]
		if got.number != want.number || got.line != want.line || got.offset != want.offset {
			t.Errorf("row %d: number %d, line %d, offset %d; want %d, %d, %d", i, got.number, got.line, got.offset, want.number, want.line, want.offset)
		}
	}
}

// A line of 100 MB is one rejected row, is never in memory as a whole, and what follows it is read.
func TestCSVLongRow(t *testing.T) {
	long := &repeat{text: "0123456789", times: 10_000_000}
	rows, _, problems := readCSV(t, io.MultiReader(strings.NewReader("a,b\n"), long, strings.NewReader("\nc,d\n")))
	if want := [][]string{{"a", "b"}, {"c", "d"}}; !slices.EqualFunc(rows, want, slices.Equal) {
		t.Errorf("rows %q, want %q", rows, want)
	}
	if want := []string{"2: " + whyTooLong}; !slices.Equal(problems, want) {
		t.Errorf("problems %q, want %q", problems, want)
	}
}

func TestCSVOpenQuote(t *testing.T) {
	for name, tail := range map[string]io.Reader{
		"short": strings.NewReader("x,y\nz\n"),
		"long":  &repeat{text: "0123456789\n", times: 3_000_000},
	} {
		t.Run(name, func(t *testing.T) {
			rows, _, problems := readCSV(t, io.MultiReader(strings.NewReader("a,b\n\"open,"), tail))
			if want := [][]string{{"a", "b"}}; !slices.EqualFunc(rows, want, slices.Equal) {
				t.Errorf("rows %q, want %q", rows, want)
			}
			if want := []string{"2: " + whyOpenQuote}; !slices.Equal(problems, want) {
				t.Errorf("problems %q, want %q", problems, want)
			}
		})
	}
}

// repeat is a long reader that takes no memory.
type repeat struct {
	text  string
	times int
	at    int
}

func (r *repeat) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if r.times == 0 {
			return n, io.EOF
		}
		m := copy(p[n:], r.text[r.at:])
		n, r.at = n+m, r.at+m
		if r.at == len(r.text) {
			r.at = 0
			r.times--
		}
	}
	return n, nil
}

// FuzzCSV compares with encoding/csv wherever that reads the text without an error.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"a,b\nc,d\n", "\"a\"\"b\",c\r\n", "\"a\nb\",\"\"\n", "a\"b,c", "\"open", "\"x\"y,z\nok", "\r\n\r", ",,\n\n,"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, _, problems := readCSV(t, bytes.NewReader(data))
		strict := csv.NewReader(bytes.NewReader(data))
		strict.FieldsPerRecord = -1
		want, err := strict.ReadAll()
		if err != nil {
			return
		}
		want = slices.DeleteFunc(want, func(row []string) bool { return len(row) == 1 && strings.TrimSpace(row[0]) == "" })
		got = slices.DeleteFunc(got, func(row []string) bool { return len(row) == 1 && strings.TrimSpace(row[0]) == "" })
		for _, rows := range [][][]string{got, want} {
			for _, row := range rows {
				for i := range row { // encoding/csv drops the carriage return before a line feed inside quotes
					row[i] = strings.ReplaceAll(row[i], "\r\n", "\n")
				}
			}
		}
		if len(problems) > 0 || !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%q: %q with problems %q, encoding/csv: %q", data, got, problems, want)
		}
	})
}

func BenchmarkCSV(b *testing.B) {
	text := strings.Repeat("C0001234,C0456789,P0042,123456\n", 100_000)
	read := map[string]func(){
		"ours": func() { readRowsOnly(b, text) },
		"encoding-csv": func() {
			r := csv.NewReader(strings.NewReader(text))
			r.ReuseRecord = true
			for {
				if _, err := r.Read(); err != nil {
					return
				}
			}
		},
	}
	for name, run := range read {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				run()
			}
		})
	}
}

func readRowsOnly(b *testing.B, text string) {
	ctx := context.Background()
	c, err := openContent(ctx, file{reader: strings.NewReader(text)}, nil, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	r := newCSVReader(buffer{ctx: ctx, content: c})
	for {
		if _, err := r.next(); err != nil {
			return
		}
	}
}
