package queries

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// Rows are the items of the list, a slice.
func (a *TiersAnswer) Rows() any { return a.Items }

// Rows are the items of the list, a slice.
func (a *CompaniesAnswer) Rows() any { return a.Items }

// Rows are the items of the list, a slice.
func (a *ProductsAnswer) Rows() any { return a.Items }

// Rows are the items of the list, a slice.
func (a *LoopsAnswer) Rows() any { return a.Items }

// Rows are the items of the list, a slice.
func (a *CommonSuppliersAnswer) Rows() any { return a.Items }

// Rows are the items of the list, a slice.
func (a *PortfolioSuppliersAnswer) Rows() any { return a.Items }

// Rows are the items of the list, a slice.
func (a *ConcentrationAnswer) Rows() any { return a.Items }

// Rows are the items of the list, a slice.
func (a *SystemicAnswer) Rows() any { return a.Items }

// WriteNDJSON writes a slice as JSON, one item a line.
func WriteNDJSON(w io.Writer, rows any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	list := reflect.ValueOf(rows)
	for i := range list.Len() {
		if err := e.Encode(list.Index(i).Interface()); err != nil {
			return err
		}
	}
	return nil
}

// WriteCSV writes a slice of structs as a table with a header. Columns are called as the JSON is. An interval
// takes the columns _low, _high, _point, _basis and _period; a company or product _id and _name; a list of them one
// of ids and one of names (_names), separated by ';'. Other lists, and things that have parts, are told in words: see [cell].
func WriteCSV(w *csv.Writer, rows any) error { return writeCSV(w, rows, nil) }

// WriteSheet is [WriteCSV] for spreadsheets, which take a cell that begins with =, +, -, @ or a control character
// for a formula, whoever wrote it: such a text gets an apostrophe before it. Numbers stay as they are.
func WriteSheet(w *csv.Writer, rows any) error { return writeCSV(w, rows, harmless) }

// harmless is a text that no spreadsheet computes.
func harmless(text string) string {
	if text != "" && (text[0] < ' ' || strings.IndexByte("=+-@", text[0]) >= 0) {
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return "'" + text
		}
	}
	return text
}

// writeCSV writes the rows, each text as mend gives it where mend is not nil.
func writeCSV(w *csv.Writer, rows any, mend func(string) string) error {
	list := reflect.ValueOf(rows)
	columns := columnsOf(list.Type().Elem(), nil)
	record := make([]string, 0, 2*len(columns))
	for _, c := range columns {
		record = append(record, c.names()...)
	}
	if err := w.Write(record); err != nil {
		return err
	}
	for i := range list.Len() {
		record = record[:0]
		for _, c := range columns {
			record = c.append(record, list.Index(i).FieldByIndex(c.index))
		}
		if mend != nil {
			for i := range record {
				record[i] = mend(record[i])
			}
		}
		if err := w.Write(record); err != nil {
			return err
		}
	}
	return nil
}

// column is a field of a row.
type column struct {
	name  string
	index []int
	of    reflect.Type
}

func columnsOf(row reflect.Type, at []int) (columns []column) {
	for i := range row.NumField() {
		f := row.Field(i)
		index := append(at[:len(at):len(at)], i)
		if f.Anonymous {
			columns = append(columns, columnsOf(f.Type, index)...)
			continue
		}
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			columns = append(columns, column{name: name, index: index, of: f.Type})
		}
	}
	return columns
}

var (
	typeInterval = reflect.TypeFor[*Interval]()
	typeRef      = reflect.TypeFor[Ref]()
	typeRefPtr   = reflect.TypeFor[*Ref]()
	typeDays     = reflect.TypeFor[*Days]()
	typeRefs     = reflect.TypeFor[[]Ref]()
)

func (c *column) names() []string {
	switch c.of {
	case typeInterval:
		return []string{c.name + "_low", c.name + "_high", c.name + "_point", c.name + "_basis", c.name + "_period"}
	case typeDays:
		return []string{c.name + "_low", c.name + "_high"}
	case typeRef, typeRefPtr:
		return []string{c.name + "_id", c.name + "_name"}
	case typeRefs:
		return []string{c.name, c.name + "_names"}
	}
	return []string{c.name}
}

func (c *column) append(record []string, value reflect.Value) []string {
	switch x := value.Interface().(type) {
	case *Interval:
		return appendInterval(record, x)
	case *Days:
		return appendDays(record, x)
	case Ref:
		return append(record, x.ID, x.Name)
	case *Ref:
		if x == nil {
			return append(record, "", "")
		}
		return append(record, x.ID, x.Name)
	case []Ref:
		ids, names := make([]string, len(x)), make([]string, len(x))
		for i, r := range x {
			ids[i], names[i] = r.ID, r.Name
		}
		return append(record, strings.Join(ids, ";"), strings.Join(names, ";"))
	case []string:
		return append(record, strings.Join(x, ";"))
	case []int:
		texts := make([]string, len(x))
		for i, n := range x {
			texts[i] = strconv.Itoa(n)
		}
		return append(record, strings.Join(texts, ";"))
	case float64:
		return append(record, number(x))
	case string, bool, int:
		return append(record, fmt.Sprint(x))
	case *int, *bool, *float64:
		if value.IsNil() {
			return append(record, "")
		}
		return append(record, fmt.Sprint(value.Elem().Interface()))
	default:
		return append(record, cell(value))
	}
}

func appendDays(record []string, x *Days) []string {
	switch {
	case x == nil:
		return append(record, "", "")
	case x.High == nil:
		return append(record, number(x.Low), "")
	}
	return append(record, number(x.Low), number(*x.High))
}

func appendInterval(record []string, x *Interval) []string {
	if x == nil {
		return append(record, "", "", "", "", "")
	}
	point := ""
	if x.Point != nil {
		point = number(*x.Point)
	}
	return append(record, number(x.Low), number(x.High), point, x.Basis, x.Period)
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
