package importer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/formats"
)

// plan says how the rows of one kind of record are read: which column is which part of the key, which field.
// A position is -1 where the input has no such column.
type plan struct {
	kind                                           graph.Kind
	from, to, product                              int
	dataset, source, assertedBy, period, validFrom int
	fields                                         []fieldColumn // in the order of fields
	attributes                                     int
	unknown                                        []unknownColumn // in the order of their names
	foreign                                        []int           // columns of other kinds of record: to be empty
	name, lei, url, title, osh, operator           int             // what stands for the id of a node that has none
	latitude, longitude                            int             // of a site
	validTo, value, currency, share, stage, stance int             // positions in fields
}

// fieldColumn is a column that holds a field.
type fieldColumn struct {
	at   int
	id   graph.FieldID
	memo *memo[graph.Field] // nil where values hardly repeat
}

// unknownColumn is a column that is kept as an attribute.
type unknownColumn struct {
	at   int
	name string
	json string // name as JSON, with the colon
}

// planFor reads the columns for rows of kind k.
func (s *shape) planFor(k graph.Kind) *plan {
	p := &plan{kind: k, to: -1, product: -1,
		dataset: s.at(columnDataset), source: s.at(columnSource), assertedBy: s.at(columnAssertedBy),
		period: s.at(columnPeriod), validFrom: s.at(columnValidFrom), attributes: -1,
		name: -1, lei: -1, url: -1, title: -1, osh: -1, operator: -1, latitude: -1, longitude: -1}
	if ends, relation := endColumns[k]; relation {
		p.from, p.to = s.at(ends[0]), s.at(ends[1])
		if k == graph.KindSupplies {
			p.product = s.at(columnProduct)
		}
	} else {
		p.from = s.at(columnID)
		p.name, p.title, p.url = s.at(columnName), s.at("title"), s.at("url")
		if k == graph.KindCompany {
			p.lei = s.at("lei")
		}
		if k == graph.KindSite {
			p.osh, p.operator = s.at("osh"), s.at("operator")
			p.latitude, p.longitude = s.at(columnLatitude), s.at(columnLongitude)
		}
	}
	for _, id := range graph.FieldsOf(k) {
		at := s.at(id.String())
		switch {
		case at < 0:
		case id == graph.FieldAttributes:
			p.attributes = at
		default:
			p.fields = append(p.fields, fieldColumn{at: at, id: id, memo: fieldMemo(id)})
		}
	}
	slices.SortFunc(p.fields, func(a, b fieldColumn) int { return int(a.id) - int(b.id) })
	position := func(id graph.FieldID) int {
		return slices.IndexFunc(p.fields, func(f fieldColumn) bool { return f.id == id })
	}
	p.validTo, p.value, p.currency = position(graph.FieldValidTo), position(graph.FieldValue), position(graph.FieldCurrency)
	p.share, p.stage, p.stance = position(graph.FieldShareOfInput), position(graph.FieldStage), position(graph.FieldStance)
	return p
}

// settle completes the plans once it is known which kinds of record the shape has.
func (s *shape) settle() {
	for k, p := range s.plans {
		if p == nil {
			continue
		}
		used := map[int]bool{s.recordsAt: true, p.attributes: true, p.dataset: true, p.source: true, p.assertedBy: true,
			p.period: true, p.validFrom: true, p.from: true, p.to: true, p.product: true, p.latitude: true, p.longitude: true}
		if graph.Kind(k).IsRelation() {
			used[s.kindAt] = true
		}
		for _, f := range p.fields {
			used[f.at] = true
		}
		for i, c := range s.columns {
			switch {
			case used[i], c.header == "":
			case s.isKnown(c.name):
				p.foreign = append(p.foreign, i)
			default:
				name, _ := json.Marshal(c.header) // text always encodes
				p.unknown = append(p.unknown, unknownColumn{at: i, name: c.header, json: string(name) + ":"})
			}
		}
		slices.SortFunc(p.unknown, func(a, b unknownColumn) int { return strings.Compare(a.name, b.name) })
	}
}

// mergePlan says how rows that decide about sameness are read.
type mergePlan struct{ kind, record, canonical, same, decidedBy, reason, at int }

func (s *shape) mergePlan() *mergePlan {
	return &mergePlan{kind: s.at(columnKind), record: s.at(columnRecord), canonical: s.at(columnCanonical), same: s.at(columnSame),
		decidedBy: s.at(columnDecidedBy), reason: s.at(columnReason), at: s.at(columnAt)}
}

// memo remembers what texts were parsed to: countries, currencies and dates repeat.
type memo[T any] struct {
	parse func(string) (T, error)
	known map[string]T
}

const memoSize = 4096

func newMemo[T any](parse func(string) (T, error)) *memo[T] {
	return &memo[T]{parse: parse, known: map[string]T{}}
}

func (m *memo[T]) get(text string) (T, error) {
	if value, ok := m.known[text]; ok {
		return value, nil
	}
	value, err := m.parse(text)
	if err == nil && len(m.known) < memoSize {
		m.known[strings.Clone(text)] = value
	}
	return value, err
}

// fieldMemo is a memo for a field whose values repeat and are slow to check.
func fieldMemo(id graph.FieldID) *memo[graph.Field] {
	switch id.Spec().Type {
	case graph.TypeCountry, graph.TypeCurrency, graph.TypeDate, graph.TypeEnum, graph.TypeFlag:
		return newMemo(func(text string) (graph.Field, error) {
			f, err := graph.ParseField(id, text)
			f.Text = strings.Clone(f.Text)
			return f, err
		})
	}
	return nil
}

// cellError is why a row is rejected.
type cellError struct {
	column string // empty when it is about the row as a whole
	found  string
	why    string
}

func (e *cellError) Error() string { return e.why }

func badCell(column, found, format string, args ...any) *cellError {
	return &cellError{column: column, found: cut(found), why: fmt.Sprintf(format, args...)}
}

// badValue is a cell that package graph refused, in its words.
func badValue(column, found string, err error) *cellError {
	return &cellError{column: column, found: cut(found), why: strings.TrimPrefix(err.Error(), graph.ErrInvalid.Error()+": ")}
}

// rowParser checks rows and encodes them as records.
type rowParser struct {
	dataset  string // of rows that do not name one
	replace  bool
	now      time.Time
	warnings *warnings
	periods  *memo[graph.Period]
	dates    *memo[graph.Date]
	datasets map[string]bool // that rows named beside dataset

	// The last row, where parse did not fail.
	statement graph.Key
	key       []byte // statement, encoded
	value     []byte // the patch, encoded
	fields    []graph.Field
	decided   *graph.Sameness // what the row decides, when it is about sameness
	share     float64         // a share of input that counts in a sum over suppliers; -1 when there is none
}

func newRowParser(dataset string, replace bool, now time.Time, w *warnings) *rowParser {
	return &rowParser{dataset: dataset, replace: replace, now: now, warnings: w, datasets: map[string]bool{},
		periods: newMemo(func(text string) (graph.Period, error) {
			period, err := graph.ParsePeriod(text)
			return graph.Period(strings.Clone(string(period))), err
		}),
		dates: newMemo(func(text string) (graph.Date, error) {
			d, err := graph.ParseDate(text)
			if err == nil && d == graph.AnyDate {
				err = graph.ErrInvalid
			}
			return d, err
		})}
}

// parse reads one row into the fields of p. The error is a *cellError.
func (p *rowParser) parse(s *shape, r *row) error {
	p.decided, p.share = nil, -1
	if err := checkWidth(s, r); err != nil {
		return err
	}
	kind, err := s.kindOf(r.cells)
	if err != nil {
		return err
	}
	if kind == graph.NumKinds {
		return p.parseMerge(s.merge, r.cells)
	}
	return p.parseStatement(s, s.plans[kind], r.cells)
}

// checkText refuses a row that is not UTF-8, with the place of the first byte that is not.
func checkText(r *row) *cellError {
	if utf8.ValidString(r.raw) {
		return nil
	}
	at := 0
	for at < len(r.raw) {
		c, size := utf8.DecodeRuneInString(r.raw[at:])
		if c == utf8.RuneError && size <= 1 {
			break
		}
		at += size
	}
	bad := r.raw[at:min(len(r.raw), at+4)]
	return badCell("", fmt.Sprintf("bytes % X", bad), "not UTF-8 at byte %d of the file (byte %d of the row)%s", r.offset+int64(at), at+1, encodingHint(r.raw))
}

// checkRecordText is checkText of a row of a file that a mapping may read.
func checkRecordText(r *row) *cellError {
	bad := checkText(r)
	if bad == nil {
		return nil
	}
	called := "windows-1252"
	switch {
	case strings.Contains(bad.why, "UTF-16"):
		called = "utf-16le"
	case strings.Contains(bad.why, "Big5"):
		called = "big5"
	case strings.Contains(bad.why, "GB18030"):
		called = "gb18030"
	}
	bad.why += fmt.Sprintf(", or name its encoding in a mapping, input: {encoding: %s}, which tributary mapping suggest --encoding %s FILE drafts", called, called)
	return bad
}

// encodingHint guesses in which encoding text was written that is not UTF-8.
func encodingHint(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		return "; it looks like UTF-16: save the file as UTF-8"
	}
	switch pairs, big5, others := doubleBytes(s); {
	case pairs < 2 || others > 0:
		return "; save the file as UTF-8 (it may be Windows-1252 or Latin-1)"
	case 4*big5 > pairs:
		return "; it looks like Big5: save the file as UTF-8 (iconv -f BIG5 -t UTF-8)"
	}
	return "; it looks like GB18030 (GBK): save the file as UTF-8 (iconv -f GB18030 -t UTF-8)"
}

// likelyGB18030 reports whether text that is not UTF-8 looks like GB18030, but for a few damaged bytes.
func likelyGB18030(s string) bool {
	pairs, big5, others := doubleBytes(s)
	return pairs > 0 && 10*others <= pairs && 4*big5 <= pairs && strings.IndexByte(s, 0) < 0
}

// doubleBytes counts the characters of two bytes in text of an encoding of Chinese, of these those whose second byte is
// common in Big5 only, and the bytes that belong to none.
func doubleBytes(s string) (pairs, big5, others int) {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < 0x80:
		case c >= 0x81 && c <= 0xFE && i+1 < len(s) && s[i+1] >= 0x40 && s[i+1] != 0x7F && s[i+1] != 0xFF:
			pairs++
			if s[i+1] < 0x80 {
				big5++ // trail bytes of Big5 lie half of the time here, those of common GB18030 text do not
			}
			i++
		default:
			others++
		}
	}
	return pairs, big5, others
}

// checkWidth refuses a row whose cells do not match the header. Empty cells beyond it, which spreadsheets
// leave, do no harm.
func checkWidth(s *shape, r *row) error {
	have, want := len(r.cells), len(s.columns)
	for have > want && strings.TrimSpace(r.cells[have-1]) == "" {
		have--
	}
	if have == want {
		return nil
	}
	return widthError(have, want, s.comma)
}

// widthError says that a row has not as many cells as the header.
func widthError(have, want int, comma byte) *cellError {
	hint := fmt.Sprintf("a cell that holds a %s must stand in quotes", separatorNames[comma])
	if have < want {
		hint = "write an empty cell for what is not known"
	}
	cells := "cells"
	if have == 1 {
		cells = "cell"
		hint += fmt.Sprintf("; cells are separated by %ss, as in the header", separatorNames[comma])
	}
	return badCell("", fmt.Sprintf("%d %s", have, cells), "the row has %d %s, the header %d; %s", have, cells, want, hint)
}

// kindOf tells of which kind the record of a row is; graph.NumKinds stands for sameness.
func (s *shape) kindOf(cells []string) (graph.Kind, error) {
	if s.recordsAt >= 0 {
		return s.recordKind(cells)
	}
	if s.merge != nil {
		return graph.NumKinds, nil
	}
	if s.kindAt >= 0 {
		if text := graph.Clean(cells[s.kindAt]); text != "" {
			kind, err := graph.ParseKind(strings.ToLower(text))
			if err != nil || !kind.IsRelation() || s.plans[kind] == nil {
				return 0, badCell(columnKind, text, "%q is no kind of relation that the columns of this file allow; allowed: %s", cut(text), s.kindsAllowed())
			}
			return kind, nil
		}
	}
	if s.only < graph.NumKinds {
		return s.only, nil
	}
	return s.kindByEnds(cells), nil
}

func (s *shape) recordKind(cells []string) (graph.Kind, error) {
	text := strings.ToLower(graph.Clean(cells[s.recordsAt]))
	if text == sameness {
		return graph.NumKinds, nil
	}
	kind, err := graph.ParseKind(text)
	if err != nil {
		return 0, badCell(columnStatement, text, "%q is no kind of record; allowed: source, product, company, site, supplies, owns, makes, input_of, associated, lists, sameness", cut(text))
	}
	if kind.IsRelation() && s.kindAt >= 0 {
		if said := graph.Clean(cells[s.kindAt]); said != "" && said != text {
			return 0, badCell(columnKind, said, "kind %q contradicts statement %q", cut(said), text)
		}
	}
	return kind, nil
}

func (s *shape) kindsAllowed() string {
	var names []string
	for _, k := range graph.RelationKinds() {
		if s.plans[k] != nil {
			names = append(names, k.String())
		}
	}
	return strings.Join(names, ", ")
}

// kindByEnds is the kind of relation whose two ends the row fills; supplies when none is filled.
func (s *shape) kindByEnds(cells []string) graph.Kind {
	for _, k := range graph.RelationKinds() {
		p := s.plans[k]
		if p != nil && strings.TrimSpace(cells[p.from]) != "" && strings.TrimSpace(cells[p.to]) != "" {
			return k
		}
	}
	for _, k := range graph.RelationKinds() {
		if s.plans[k] != nil {
			return k
		}
	}
	return graph.KindSupplies
}

// parseStatement reads a row of any kind but sameness.
func (p *rowParser) parseStatement(s *shape, plan *plan, cells []string) error {
	for _, i := range plan.foreign {
		if text := graph.Clean(cells[i]); text != "" {
			name := s.columns[i].name
			return badCell(name, text, "%s is no column of %s; leave it empty here", name, plan.kind)
		}
	}
	key := &p.statement
	*key = graph.Key{RelationKey: graph.RelationKey{Kind: plan.kind}, Dataset: p.dataset, ValidFrom: graph.NoDate}
	if err := p.parseEnds(s, plan, cells, key); err != nil {
		return err
	}
	if err := p.parseClaimKey(plan, cells, key); err != nil {
		return err
	}
	if err := p.parseFields(s, plan, cells); err != nil {
		return err
	}
	if err := p.checkDates(plan, key); err != nil {
		return err
	}
	if plan.kind == graph.KindSupplies {
		p.checkSupplies(plan, key)
	}
	p.checkUnnamed(plan, key)
	if plan.kind == graph.KindCompany && (plan.from < 0 || graph.Clean(cells[plan.from]) == "") {
		if err := p.checkNamed(key); err != nil {
			return err
		}
	}
	p.key = appendKey(p.key[:0], key)
	p.value = p.value[:0]
	for i := range p.fields {
		p.value = appendField(p.value, p.fields[i])
	}
	return nil
}

// checkUnnamed warns of a company that its document only numbers or letters, once a row.
func (p *rowParser) checkUnnamed(plan *plan, key *graph.Key) {
	names := [2]string{key.From, key.To}
	switch {
	case plan.kind == graph.KindCompany:
		for i := range p.fields {
			switch f := &p.fields[i]; {
			case f.ID == graph.FieldKind && f.Text == graph.CompanyKindAnonymous:
				return
			case f.ID == graph.FieldName:
				names[1] = f.Text
			}
		}
	case plan.kind == graph.KindInputOf || !plan.kind.IsRelation():
		return
	}
	for _, name := range names {
		if formats.Unnamed(name) {
			if p.warnings.wants(warnAnonymous) {
				p.warnings.example("%s", cut(name))
			}
			return
		}
	}
}

// checkNamed refuses an anonymous party without id: under its name it would be one with those of other documents.
func (p *rowParser) checkNamed(key *graph.Key) error {
	for i := range p.fields {
		if p.fields[i].ID == graph.FieldKind && p.fields[i].Text == graph.CompanyKindAnonymous {
			return badCell(columnID, "", "an anonymous party needs an id of its own, such as one made of the document and the name: %q is somebody else in each document", cut(key.From))
		}
	}
	return nil
}

// parseEnds reads what the statement is about.
func (p *rowParser) parseEnds(s *shape, plan *plan, cells []string, key *graph.Key) (err error) {
	if !plan.kind.IsRelation() {
		key.From, err = nodeID(s, plan, cells)
		return err
	}
	ends := endColumns[plan.kind]
	if key.From, err = endReference(plan.from, ends[0], cells); err != nil {
		return err
	}
	if key.To, err = endReference(plan.to, ends[1], cells); err != nil {
		return err
	}
	if plan.product >= 0 {
		key.Product, err = reference(columnProduct, cells[plan.product])
	}
	return err
}

func endReference(at int, column string, cells []string) (string, error) {
	text := ""
	if at >= 0 {
		text = cells[at]
	}
	ref, err := reference(column, text)
	if err == nil && ref == "" {
		return "", badCell(column, "", "%s is empty; allowed: an id, an identifier such as lei:..., or a name", column)
	}
	return ref, err
}

// reference cleans what names a node, and gives identifiers their canonical spelling.
func reference(column, text string) (string, error) {
	text = graph.Clean(text)
	if strings.IndexByte(text, ':') < 0 {
		return text, nil
	}
	scheme, value, ok := graph.SplitIdentifier(text)
	if !ok {
		return text, nil
	}
	f, err := graph.ParseField(scheme, value)
	if err != nil {
		return "", badValue(column, text, err)
	}
	return scheme.String() + ":" + f.Text, nil
}

// references does likewise for several, separated by ';'.
func references(column, text string) (string, error) {
	if strings.IndexByte(text, ':') < 0 {
		return text, nil
	}
	parts := graph.SplitList(text)
	for i := range parts {
		var err error
		if parts[i], err = reference(column, parts[i]); err != nil {
			return "", err
		}
	}
	return strings.Join(parts, ";"), nil
}

// nodeID is the id of a node: its own, or what names it best.
func nodeID(s *shape, plan *plan, cells []string) (string, error) {
	if plan.from >= 0 {
		if id, err := reference(columnID, cells[plan.from]); err != nil || id != "" {
			return id, err
		}
	}
	if plan.kind == graph.KindSite {
		return siteID(plan, cells)
	}
	var tried []string
	for _, at := range plan.standIns() {
		if at < 0 {
			continue
		}
		column := s.columns[at].name
		if text := graph.Clean(cells[at]); text != "" {
			if column == graph.FieldLEI.String() {
				text = column + ":" + text
			}
			return reference(column, text)
		}
		tried = append(tried, column)
	}
	return "", badCell(columnID, "", "%s is empty, so that nothing names the %s; fill one of these", strings.Join(append(tried, columnID), " and "), plan.kind)
}

// siteID is the id of a site that has none of its own: its name is often that of others too.
func siteID(plan *plan, cells []string) (string, error) {
	cell := func(at int) string {
		if at < 0 {
			return ""
		}
		return graph.Clean(cells[at])
	}
	if osh := cell(plan.osh); osh != "" {
		return reference(graph.FieldOSH.String(), graph.FieldOSH.String()+":"+osh)
	}
	name := cell(plan.name)
	operator, err := reference(graph.FieldOperator.String(), cell(plan.operator))
	if err != nil {
		return "", err
	}
	if name == "" || operator == "" {
		return "", badCell(columnID, "", "nothing tells which site it is; fill id or osh, or name and operator")
	}
	return name + ", " + operator, nil
}

// standIns are the columns that name a node without id, the best first.
func (p *plan) standIns() []int {
	if p.kind == graph.KindSource {
		return []int{p.url, p.title}
	}
	return []int{p.name, p.lei}
}

// parseClaimKey reads who says it, of when.
func (p *rowParser) parseClaimKey(plan *plan, cells []string, key *graph.Key) (err error) {
	if plan.dataset >= 0 {
		if dataset := graph.Clean(cells[plan.dataset]); dataset != "" && dataset != p.dataset {
			if p.replace {
				return badCell(columnDataset, dataset, "an import that replaces dataset %q cannot write dataset %q", p.dataset, cut(dataset))
			}
			key.Dataset = dataset
			p.noteDataset(dataset)
		}
	}
	if plan.source >= 0 {
		key.Source = graph.Clean(cells[plan.source])
	}
	if plan.assertedBy >= 0 {
		key.AssertedBy = graph.Clean(cells[plan.assertedBy])
	}
	if plan.period >= 0 {
		text := graph.Clean(cells[plan.period])
		if key.Period, err = p.periods.get(text); err != nil {
			return badValue(columnPeriod, text, err)
		}
	}
	if plan.validFrom >= 0 {
		text := graph.Clean(cells[plan.validFrom])
		if key.ValidFrom, err = p.dates.get(text); err != nil {
			return badCell(columnValidFrom, text, "valid_from %q: not a date; allowed: 2024-05-11, 2024-05, 2024Q2, 2024", cut(text))
		}
	}
	return nil
}

// noteDataset remembers a dataset that the import writes beside its own.
func (p *rowParser) noteDataset(dataset string) {
	if !p.datasets[dataset] {
		p.datasets[strings.Clone(dataset)] = true
	}
}

// parseFields reads the patch into p.fields.
func (p *rowParser) parseFields(s *shape, plan *plan, cells []string) error {
	p.fields = p.fields[:0]
	for i := range plan.fields {
		column := &plan.fields[i]
		f, err := column.parse(cells[column.at])
		if err != nil {
			return badValue(s.columns[column.at].name, cells[column.at], err)
		}
		if f.ID.Spec().Type == graph.TypeID && f.Text != "" {
			if f.Text, err = reference(s.columns[column.at].name, f.Text); err != nil {
				return err
			}
		}
		if f.ID == graph.FieldSite {
			if f.Text, err = references(s.columns[column.at].name, f.Text); err != nil {
				return err
			}
		}
		p.fields = append(p.fields, f)
	}
	if plan.latitude >= 0 || plan.longitude >= 0 {
		if err := p.parsePlace(plan, cells); err != nil {
			return err
		}
	}
	return p.parseAttributes(plan, cells)
}

func (c *fieldColumn) parse(text string) (graph.Field, error) {
	if c.memo != nil {
		return c.memo.get(text)
	}
	return graph.ParseField(c.id, text)
}

// parsePlace reads a place that is written in two columns.
func (p *rowParser) parsePlace(plan *plan, cells []string) error {
	var degrees [2]string
	for i, at := range []int{plan.latitude, plan.longitude} {
		if at >= 0 {
			degrees[i] = graph.Clean(cells[at])
		}
	}
	text := strings.Join(degrees[:], ",")
	if text == "," {
		text = ""
	} else if degrees[0] == "" || degrees[1] == "" {
		return badCell(columnLatitude, text, "latitude and longitude belong together; fill both or none")
	}
	f, err := graph.ParseField(graph.FieldPlace, text)
	if err != nil {
		return badValue(columnLatitude, text, err)
	}
	at, stated := slices.BinarySearchFunc(p.fields, f.ID, func(f graph.Field, id graph.FieldID) int { return int(f.ID) - int(id) })
	switch {
	case !stated:
		p.fields = slices.Insert(p.fields, at, f)
	case p.fields[at].Empty():
		p.fields[at] = f
	case !f.Empty() && !f.Equal(p.fields[at]):
		return badCell(columnLatitude, text, "latitude and longitude contradict place %s", p.fields[at].Text)
	}
	return nil
}

// parseAttributes adds the field that keeps the columns without a field of their own.
func (p *rowParser) parseAttributes(plan *plan, cells []string) error {
	if plan.attributes < 0 && len(plan.unknown) == 0 {
		return nil
	}
	if plan.attributes < 0 {
		p.fields = append(p.fields, graph.Field{ID: graph.FieldAttributes, Text: unknownAsJSON(plan.unknown, cells)})
		return nil
	}
	text := cells[plan.attributes]
	f, err := graph.ParseField(graph.FieldAttributes, text)
	if err != nil {
		return badValue(columnAttributes, text, err)
	}
	if len(plan.unknown) > 0 {
		object := map[string]string{}
		if f.Text != "" {
			if err := json.Unmarshal([]byte(f.Text), &object); err != nil {
				return badValue(columnAttributes, text, err)
			}
		}
		for _, c := range plan.unknown {
			object[c.name] = graph.Clean(cells[c.at])
		}
		encoded, err := json.Marshal(object)
		if err != nil {
			return badValue(columnAttributes, text, err)
		}
		f.Text = string(encoded)
	}
	p.fields = append(p.fields, f)
	return nil
}

// unknownAsJSON is the object that json.Marshal makes of the unknown columns: their names sorted.
func unknownAsJSON(unknown []unknownColumn, cells []string) string {
	out := []byte{'{'}
	for i, c := range unknown {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, c.json...)
		value, _ := json.Marshal(graph.Clean(cells[c.at])) // text always encodes
		out = append(out, value...)
	}
	return string(append(out, '}'))
}

// checkDates refuses a statement that ends before it begins.
func (p *rowParser) checkDates(plan *plan, key *graph.Key) error {
	if plan.validTo < 0 || key.ValidFrom == graph.NoDate {
		return nil
	}
	text := p.fields[plan.validTo].Text
	if text == "" {
		return nil
	}
	to, err := p.dates.get(text)
	if err == nil && to <= key.ValidFrom {
		return badCell("valid_to", text, "valid_to %s is not after valid_from %s; valid_to is the first day on which it no longer holds", to, key.ValidFrom)
	}
	return err
}

// checkSupplies warns of what is odd in a supplies relation, and notes its share for the check of sums.
func (p *rowParser) checkSupplies(plan *plan, key *graph.Key) {
	if key.From == key.To && p.warnings.wants(warnSelfSupply) {
		p.warnings.example("%s supplies itself", key.From)
	}
	stated := func(i int) bool { return i >= 0 && !p.fields[i].Empty() }
	if stated(plan.value) && !stated(plan.currency) && p.warnings.wants(warnNoCurrency) {
		p.warnings.example("value %s has no currency", p.fields[plan.value].Value())
	}
	if !stated(plan.share) || stated(plan.validTo) {
		return
	}
	if stated(plan.stance) && p.fields[plan.stance].Text == "denies" {
		return
	}
	if stated(plan.stage) {
		switch p.fields[plan.stage].Text {
		case "announced", "sampling", "ended": // nothing flows
			return
		}
	}
	p.share = p.fields[plan.share].Number
}

// parseMerge reads a decision about sameness: that a record is another, or that the two are different.
func (p *rowParser) parseMerge(plan *mergePlan, cells []string) error {
	cell := func(at int) string {
		if at < 0 {
			return ""
		}
		return graph.Clean(cells[at])
	}
	out := graph.Sameness{By: cell(plan.decidedBy), Why: cell(plan.reason), At: p.now}
	out.Kind = graph.KindCompany
	if text := cell(plan.kind); text != "" {
		kind, err := graph.ParseKind(strings.ToLower(text))
		if err != nil || kind != graph.KindCompany && kind != graph.KindProduct && kind != graph.KindSite {
			return badCell(columnKind, text, "%q is not what names can be merged of; allowed: company, product, site", cut(text))
		}
		out.Kind = kind
	}
	var err error
	if out.ID, err = endReference(plan.record, columnRecord, cells); err != nil {
		return err
	}
	if out.Canonical, err = endReference(plan.canonical, columnCanonical, cells); err != nil {
		return err
	}
	if out.ID == out.Canonical {
		return badCell(columnCanonical, out.Canonical, "record and canonical are the same")
	}
	switch text := cell(plan.same); strings.ToLower(text) {
	case "", "true", "yes", "1", "是":
	case "false", "no", "0", "否":
		out.NodeKey, out.Canonical = graph.PairKey(out.Kind, out.ID, out.Canonical), ""
	default:
		return badCell(columnSame, text, "same %q; allowed: true (the record is the canonical one; the default), false (they are different)", cut(text))
	}
	if text := cell(plan.at); text != "" {
		if out.At, err = parseTime(text); err != nil {
			return badCell(columnAt, text, "at %q: not a time; allowed: 2024-05-11T09:30:00Z, 2024-05-11", cut(text))
		}
	}
	p.decided = &out
	return nil
}

func parseTime(text string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC().Truncate(time.Second), nil
	}
	d, err := graph.ParseDate(text)
	if err != nil {
		return time.Time{}, err
	}
	return d.Time(), nil
}
