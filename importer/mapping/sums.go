package mapping

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// sums makes one row of all with the same key.
type sums struct {
	shape  *records.Shape
	key    []int
	node   []bool   // by column: it names a node, and is compared as names are
	rules  []string // by column; empty where all must be the same
	groups map[string]*group
	order  []*group // as they come
	buf    []byte
	forms  map[string]string   // of names, as many as are remembered
	record map[string][]string // of the record at hand: the first row with each key
	needed [][]int             // columns of which one of each list must be filled
	good   []map[string]bool   // by column: texts that an import takes
}

// group are the rows with one key.
type group struct {
	cells  []string
	totals []*total // of columns that are summed, counted or listed; nil for the others
	first  int64    // the number of the record that began it
}

// total is what is known of one column of a group.
type total struct {
	sum    exactSum
	count  int
	stated bool
	list   []string
	more   bool // than are listed
}

// maxListed is how many values a cell lists.
const maxListed = 20

func newSums(e *emit, shape *records.Shape) *sums {
	s := &sums{shape: shape, groups: map[string]*group{}, forms: map[string]string{}, record: map[string][]string{}, rules: make([]string, len(shape.Columns))}
	for i, name := range shape.Columns {
		if slices.Contains(e.aggregate.key, name) {
			s.key = append(s.key, i)
		}
		s.node = append(s.node, namesNode(shape.Kind, name))
		s.rules[i] = e.aggregate.rules[name]
		s.good = append(s.good, map[string]bool{})
	}
	for _, one := range needed(shape.Kind) {
		var at []int
		for i, name := range shape.Columns {
			if slices.Contains(one, name) {
				at = append(at, i)
			}
		}
		s.needed = append(s.needed, at)
	}
	return s
}

// keyOf is the key of a row, valid until the next.
func (s *sums) keyOf(cells []string) []byte {
	s.buf = s.buf[:0]
	for _, i := range s.key {
		s.buf = append(append(s.buf, s.form(i, cells[i])...), 0)
	}
	return s.buf
}

// namesNode reports whether a column names a company, product or site: spellings of one name that an import takes for one are
// one here as well. Sources have ids only, which are as they are written.
func namesNode(k graph.Kind, column string) bool {
	if k == graph.KindSource {
		return false
	}
	if id, ok := fieldOf(k, column); ok {
		return id.Spec().Type == graph.TypeID || id == graph.FieldName && !k.IsRelation()
	}
	switch column {
	case records.ColumnID, records.ColumnProduct:
		return true
	}
	ends := records.Ends[k]
	return column == ends[0] || column == ends[1]
}

// form is what a cell is compared by.
func (s *sums) form(i int, cell string) string {
	if !s.node[i] {
		return cell
	}
	if form, ok := s.forms[cell]; ok {
		return form
	}
	if len(s.forms) >= maxMemo {
		clear(s.forms)
	}
	text := strings.Clone(cell)
	form := graph.MentionForm(text)
	s.forms[text] = form
	return form
}

// differ reports whether two cells of a column say different things.
func (s *sums) differ(i int, a, b string) bool {
	return a != b && s.form(i, a) != s.form(i, b)
}

// check is why a row cannot go to the others of its key; nil where it can. What an import would refuse is refused here, where
// it is known of which record it is.
func (s *sums) check(cells []string) *records.Bad {
	g := s.groups[string(s.keyOf(cells))]
	for i, rule := range s.rules {
		if bad := s.checkCell(g, i, rule, cells[i]); bad != nil {
			return bad
		}
		if rule == ruleSum || rule == ruleCount || rule == ruleList || cells[i] == "" || s.good[i][cells[i]] {
			continue
		}
		if why := badConstant(s.shape.Kind, s.shape.Columns[i], cells[i]); why != "" {
			return &records.Bad{Field: s.shape.Columns[i], Found: strings.Clone(cells[i]), Why: why}
		}
		if len(s.good[i]) < maxMemo {
			s.good[i][strings.Clone(cells[i])] = true
		}
	}
	for _, one := range s.needed {
		if !slices.ContainsFunc(one, func(i int) bool { return cells[i] != "" }) {
			return emptyColumn(s.shape.Columns[one[0]])
		}
	}
	return nil
}

// begin forgets the rows of the record before.
func (s *sums) begin() { clear(s.record) }

// checkTogether is check against the rows of the same record.
func (s *sums) checkTogether(cells []string) *records.Bad {
	key := s.keyOf(cells)
	first, ok := s.record[string(key)]
	if !ok {
		s.record[string(key)] = cells
		return nil
	}
	for i, rule := range s.rules {
		if rule == "" && s.differ(i, first[i], cells[i]) {
			return &records.Bad{Field: s.shape.Columns[i], Found: strings.Clone(cells[i]), Why: fmt.Sprintf("is %s as well in this record; %s", quoted(first[i]), s.remedy(i))}
		}
	}
	return nil
}

func (s *sums) remedy(i int) string {
	return fmt.Sprintf("put %s into key, or say which counts: first, least, most, list or count", s.shape.Columns[i])
}

func (s *sums) checkCell(g *group, i int, rule, cell string) *records.Bad {
	column := s.shape.Columns[i]
	switch {
	case rule == ruleSum && cell != "":
		if _, why := plainNumber(cell); why != "" {
			return &records.Bad{Field: column, Found: strings.Clone(cell), Why: why}
		}
	case rule == "" && g != nil && s.differ(i, g.cells[i], cell):
		return &records.Bad{Field: column, Found: strings.Clone(cell),
			Why: fmt.Sprintf("is %s in record %d, with which this one is added up; %s", quoted(g.cells[i]), g.first, s.remedy(i))}
	}
	return nil
}

// add takes a row that was checked.
func (s *sums) add(cells []string, number int64) {
	key := s.keyOf(cells)
	g := s.groups[string(key)]
	if g == nil {
		g = &group{first: number, cells: make([]string, len(cells)), totals: make([]*total, len(cells))}
		for i, cell := range cells {
			g.cells[i] = strings.Clone(cell)
			if s.rules[i] != "" {
				g.totals[i] = &total{}
			}
		}
		s.groups[string(key)] = g
		s.order = append(s.order, g)
	}
	for i, rule := range s.rules {
		if rule != "" {
			g.take(i, rule, cells[i])
		}
	}
}

// take adds a cell to what is known of its column. An empty one says nothing.
func (g *group) take(i int, rule, cell string) {
	t := g.totals[i]
	if rule == ruleCount {
		t.count++
		return
	}
	if cell == "" {
		return
	}
	switch rule {
	case ruleSum:
		d, _ := plainNumber(cell) // it was checked
		t.sum.add(d)
	case ruleFirst:
		if !t.stated {
			g.cells[i] = strings.Clone(cell)
		}
	case ruleLeast, ruleMost:
		if c := compareCells(cell, g.cells[i]); !t.stated || rule == ruleLeast && c < 0 || rule == ruleMost && c > 0 {
			g.cells[i] = strings.Clone(cell)
		}
	case ruleList:
		switch {
		case slices.Contains(t.list, cell):
		case len(t.list) < maxListed:
			t.list = append(t.list, strings.Clone(cell))
		default:
			t.more = true
		}
	}
	t.stated = true
}

// compareCells compares numbers as such, all else as texts, which dates are.
func compareCells(a, b string) int {
	if a == b {
		return 0
	}
	x, whyA := plainNumber(a)
	y, whyB := plainNumber(b)
	if whyA == "" && whyB == "" {
		return x.rat().Cmp(y.rat())
	}
	return strings.Compare(a, b)
}

// emit gives the rows in the order in which their keys came.
func (s *sums) emit(emit records.Emit) error {
	row := records.Row{Shape: s.shape}
	for _, g := range s.order {
		for i, t := range g.totals {
			if t != nil {
				g.cells[i] = t.text(s.rules[i], g.cells[i])
			}
		}
		row.Cells, row.Record = g.cells, g.first
		if err := emit(&row); err != nil {
			return err
		}
	}
	s.order, s.groups = nil, map[string]*group{}
	return nil
}

func (t *total) text(rule, cell string) string {
	switch {
	case rule == ruleCount:
		return fmt.Sprint(t.count)
	case !t.stated:
		return ""
	case rule == ruleSum:
		return t.sum.String()
	case rule == ruleList && t.more:
		return fmt.Sprintf("%s and more", strings.Join(t.list, "; "))
	case rule == ruleList:
		return strings.Join(t.list, "; ")
	}
	return cell
}

// exactSum adds decimals without rounding, so that their order does not matter.
type exactSum struct {
	units int64 // of ten to the power of -scale
	scale int
	big   *big.Rat // where units are too small
}

// maxUnits is well below what overflows when two are added.
const maxUnits = 1 << 61

func (s *exactSum) add(d decimal) {
	if s.big == nil && s.addUnits(d) {
		return
	}
	if s.big == nil {
		s.big = decimal{digits: ""}.rat()
		s.big.SetFrac(big.NewInt(s.units), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(s.scale)), nil))
	}
	s.big.Add(s.big, d.rat())
}

// addUnits adds in machine words; false where they do not suffice.
func (s *exactSum) addUnits(d decimal) bool {
	if len(d.digits) > 17 {
		return false
	}
	n := int64(0)
	for i := range len(d.digits) {
		n = 10*n + int64(d.digits[i]-'0')
	}
	units, scale := s.units, s.scale
	for ; scale < -d.exponent; scale++ {
		if units > maxUnits/10 || units < -maxUnits/10 {
			return false
		}
		units *= 10
	}
	for shift := d.exponent + scale; shift > 0 && n != 0; shift-- {
		if n > maxUnits/10 {
			return false
		}
		n *= 10
	}
	if d.negative {
		n = -n
	}
	if units += n; units > maxUnits || units < -maxUnits {
		return false
	}
	s.units, s.scale = units, scale
	return true
}

// String is the sum without exponent.
func (s *exactSum) String() string {
	if s.big == nil {
		d := decimal{negative: s.units < 0, digits: strings.TrimPrefix(fmt.Sprint(s.units), "-"), exponent: -s.scale}
		if s.units == 0 {
			d.digits = ""
		}
		return d.String()
	}
	places := 0
	for x := new(big.Rat).Set(s.big); !x.IsInt() && places < 100; places++ {
		x.Mul(x, big.NewRat(10, 1))
	}
	return s.big.FloatString(places)
}

// rat is the number as a fraction.
func (d decimal) rat() *big.Rat {
	r, ok := new(big.Rat).SetString(d.String())
	if !ok {
		return new(big.Rat)
	}
	return r
}
