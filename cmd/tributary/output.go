package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tributarygraph/tributary/queries"
)

// outputFlags say how answers are printed.
type outputFlags struct {
	format string
	bom    bool
	width  int
	quiet  bool
}

// The formats of -o.
const (
	formatTable  = "table"
	formatJSON   = "json"
	formatCSV    = "csv"
	formatNDJSON = "ndjson"
)

// outputs adds the flags that say how an answer is printed.
func (p *program) outputs(cmd *cobra.Command) {
	inGroup(cmd, groupOutput, func(f *pflag.FlagSet) {
		f.VarP(newChoice(&p.output.format, formatTable, formatTable, formatJSON, formatCSV, formatNDJSON), "output", "o", "`FORMAT`: table, json (as the API answers), csv, or ndjson (one item a line)")
		f.BoolVar(&p.output.bom, "bom", false, "CSV for Excel: begin with a byte order mark, so that it is read as UTF-8, and set an apostrophe before text that would be taken for a formula (=, +, -, @, tab)")
		f.IntVar(&p.output.width, "width", 0, "fit tables into `N` columns (default: the terminal; in a pipe nothing is cut)")
	})
	p.quietFlag(cmd)
}

func (p *program) quietFlag(cmd *cobra.Command) {
	inGroup(cmd, groupOutput, func(f *pflag.FlagSet) {
		f.BoolVarP(&p.output.quiet, "quiet", "q", false, "no progress and no remarks on stderr")
	})
}

// answer is what a command prints.
type answer struct {
	whole any                   // what -o json prints: the answer of the API
	items any                   // what -o csv and ndjson print: a slice of structs of the answer
	print func(*printer)        // what -o table prints
	short string                // why the list is not all there is; empty when it is
	last  func(*printer) string // the closing line of a table
}

// printer writes text for people.
type printer struct {
	w       io.Writer
	width   int
	colour  bool
	omitted []string // columns that had no room
}

func (o *printer) printf(format string, args ...any) { fmt.Fprintf(o.w, format, args...) }

// heading prints the title of a part.
func (o *printer) heading(text string) {
	if o.colour {
		text = "\x1b[1m" + text + "\x1b[0m"
	}
	o.printf("%s\n", text)
}

// wrap prints a paragraph, with what its first line and the others begin with.
func (o *printer) wrap(first, indent, text string) {
	width := 110
	if o.width > 0 {
		width = o.width
	}
	line, empty := first, true
	for _, word := range strings.Fields(printable(text)) {
		if !empty && cells.StringWidth(line)+1+cells.StringWidth(word) > width {
			o.printf("%s\n", line)
			line, empty = indent, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	o.printf("%s\n", strings.TrimRight(line, " "))
}

func (o *printer) table(t *table) {
	for _, title := range t.write(o.w, o.width, o.colour) {
		o.omitted = append(o.omitted, strings.ToLower(title))
	}
}

// render prints the answer in the format asked for.
func (p *program) render(a answer) error {
	out := bufio.NewWriter(p.out)
	var err error
	switch p.output.format {
	case formatJSON:
		err = writeJSON(out, a.whole)
	case formatNDJSON:
		err = queries.WriteNDJSON(out, a.items)
	case formatCSV:
		err = writeCSV(out, a.items, p.output.bom)
	default:
		p.renderText(out, a)
	}
	if err = errors.Join(err, out.Flush()); err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	if a.short != "" && (p.output.format == formatCSV || p.output.format == formatNDJSON) {
		p.remark("not complete: %s", a.short)
	}
	return nil
}

func (p *program) renderText(w io.Writer, a answer) {
	o := &printer{w: w, width: p.width, colour: p.colour}
	if p.output.width > 0 {
		o.width = p.output.width
	}
	a.print(o)
	if a.last == nil {
		return
	}
	line := a.last(o)
	if len(o.omitted) > 0 {
		line += "; no room for " + strings.Join(o.omitted, ", ") + " (a wider terminal, or -o csv)"
	}
	o.printf("\n%s\n", line)
}

// remark tells something on stderr beside the answer.
func (p *program) remark(format string, args ...any) {
	if !p.output.quiet {
		fmt.Fprintf(p.err, format+"\n", args...)
	}
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func writeCSV(w io.Writer, items any, bom bool) error {
	write := queries.WriteCSV
	if bom {
		write = queries.WriteSheet
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return err
		}
	}
	out := csv.NewWriter(w)
	if err := write(out, items); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}
