package importer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// Names of columns that are no field of a statement. All others are called as the fields in package graph.
const (
	columnStatement  = "statement" // the kind of record, for files that mix several; exports of JSON Lines have it
	columnKind       = "kind"
	columnID         = records.ColumnID
	columnName       = "name"
	columnProduct    = records.ColumnProduct
	columnDataset    = records.ColumnDataset
	columnSource     = records.ColumnSource
	columnAssertedBy = records.ColumnAssertedBy
	columnPeriod     = records.ColumnPeriod
	columnValidFrom  = records.ColumnValidFrom
	columnAttributes = "attributes"
	columnLatitude   = records.ColumnLatitude
	columnLongitude  = records.ColumnLongitude

	columnRecord    = "record"
	columnCanonical = "canonical"
	columnSame      = "same"
	columnDecidedBy = "decided_by"
	columnReason    = "reason"
	columnAt        = "at"

	columnRow = "row" // with columnReason, the first two columns of a file of rejected rows
)

// sameness is what files call records of the kind that decides which names are one; no graph.Kind has it.
const sameness = "sameness"

// endColumns are the columns that name the two ends of a relation.
var endColumns = records.Ends

// claimColumns are the key columns that every statement may have.
var claimColumns = records.ClaimColumns

var samenessColumns = []string{columnKind, columnRecord, columnCanonical, columnSame, columnDecidedBy, columnReason, columnAt}

// columnsOf are the columns that records of the kind may have.
func columnsOf(k graph.Kind) []string {
	names := slices.Clone(claimColumns)
	if ends, relation := endColumns[k]; relation {
		names = append(names, columnKind, ends[0], ends[1])
		if k == graph.KindSupplies {
			names = append(names, columnProduct)
		}
	} else {
		names = append(names, columnID)
	}
	if k == graph.KindSite {
		names = append(names, columnLatitude, columnLongitude)
	}
	for _, f := range graph.FieldsOf(k) {
		names = append(names, f.String())
	}
	return names
}

// kindsOfColumn tells for every known column which kinds of record have it. Sameness is graph.NumKinds.
var kindsOfColumn = func() map[string][]graph.Kind {
	kinds := map[string][]graph.Kind{columnStatement: nil}
	for k := range graph.Kind(graph.NumKinds) {
		for _, name := range columnsOf(k) {
			if !slices.Contains(kinds[name], k) {
				kinds[name] = append(kinds[name], k)
			}
		}
	}
	for _, name := range samenessColumns {
		kinds[name] = append(kinds[name], graph.NumKinds)
	}
	return kinds
}()

// otherNames are spellings that people write for a column, after spelled. The report tells how each was read.
var otherNames = map[string]string{
	"supplier_name": "supplier", "supplier_id": "supplier", "vendor": "supplier", "vendor_name": "supplier", "from": "supplier", "供应商": "supplier",
	"buyer_name": "buyer", "buyer_id": "buyer", "customer": "buyer", "customer_name": "buyer", "purchaser": "buyer", "to": "buyer",
	"客户": "buyer", "采购商": "buyer", "采购方": "buyer", "买方": "buyer",
	"parent_company": "owner", "subsidiary": "owned", "manufacturer": "maker", "生产商": "maker",
	"company": "name", "company_name": "name", "organisation": "name", "organization": "name", "名称": "name", "公司": "name", "公司名称": "name", "企业名称": "name",
	"alias": "aliases", "also_known_as": "aliases", "aka": "aliases", "别名": "aliases",
	"country_code": "country", "headquarters": "country", "国家": "country",
	"industry": "sector", "行业": "sector",
	"website": "url", "link": "url", "网址": "url",
	"product_name": "product", "product_id": "product", "item": "product", "part": "product", "material": "product", "component": "product", "commodity": "product", "产品": "product",
	"hs_code": "code", "hs": "code",
	"amount": "value", "spend": "value", "金额": "value",
	"ccy": "currency", "币种": "currency", "qty": "quantity", "数量": "quantity", "uom": "unit", "单位": "unit",
	"share": "share_of_input", "lead_time": "lead_time_days", "inventory": "inventory_days",
	"start_date": "valid_from", "start": "valid_from", "end_date": "valid_to", "end": "valid_to",
	"year": "period", "origin_of_goods": "origin_country", "country_of_origin": "origin_country",
	"evidence": "quote", "comment": "quote",
	"lat": columnLatitude, "纬度": columnLatitude, "lon": columnLongitude, "lng": columnLongitude, "long": columnLongitude, "经度": columnLongitude,
	"operated_by": "operator", "site_operator": "operator", "运营方": "operator", "经营者": "operator", "coordinates": "place",
	"os_id": "osh", "site_name": "name", "facility": "name", "facility_name": "name", "processing_type": "processing", "processing_types": "processing",
	"plant": "site", "production_site": "site", "manufacturing_site": "site", "made_at": "site", "工厂": "site", "地址": "address", "地区": "region",
}

// spelled brings a header cell into the spelling of column names: lower case, words joined by '_'.
func spelled(header string) string {
	words := strings.FieldsFunc(strings.ToLower(graph.Clean(header)), func(r rune) bool {
		return r == ' ' || r == '_' || r == '-' || r == '/' || r == '.'
	})
	return strings.Join(words, "_")
}

// column is one column of an input.
type column struct {
	header string // as the input writes it, cleaned
	name   string // the known column that it is; empty when it is none
}

// shape says what the columns of an input, or the keys of a JSON object, mean.
type shape struct {
	comma     byte // between cells; 0 for JSON Lines
	columns   []column
	plans     [graph.NumKinds]*plan // of the kinds that rows may have; nil for the others
	merge     *mergePlan            // rows are decisions about sameness
	questions *questionnaire        // rows are questions, perhaps with answers
	kindAt    int                   // the column that says which kind of relation a row is; -1 when none does
	recordsAt int                   // likewise of which kind of record; -1 when none does
	only      graph.Kind            // the kind of all rows, when there is but one
}

// shapeOf reads a header. stem is the name of the input, which decides between companies and products where
// the header leaves it open. The error wraps graph.ErrInvalid.
func shapeOf(name string, header []string) (*shape, error) {
	s := &shape{kindAt: -1, recordsAt: -1}
	if err := s.nameColumns(name, header); err != nil {
		return nil, err
	}
	var err error
	if s.questions, err = s.questionnaireOf(name); s.questions != nil || err != nil {
		return s, err
	}
	if s.at(columnStatement) >= 0 {
		s.recordsAt = s.at(columnStatement)
		s.kindAt = s.at(columnKind)
		for k := range graph.Kind(graph.NumKinds) {
			s.plans[k] = s.planFor(k)
		}
		s.merge = s.mergePlan()
		return s, nil
	}
	if s.has(columnRecord) || s.has(columnCanonical) {
		return s, s.needMerge(name)
	}
	if kinds := s.relationKinds(); len(kinds) > 0 {
		s.kindAt = s.at(columnKind)
		for _, k := range kinds {
			s.plans[k] = s.planFor(k)
		}
		s.only = kinds[0]
		if len(kinds) > 1 {
			s.only = graph.NumKinds
		}
		return s, nil
	}
	kind, err := s.nodeKind(name)
	if err != nil {
		return nil, err
	}
	s.only = kind
	s.plans[kind] = s.planFor(kind)
	return s, nil
}

// nameColumns finds the known column behind each header cell.
func (s *shape) nameColumns(name string, header []string) error {
	for i, cell := range header {
		cell = graph.Clean(cell)
		for j, earlier := range s.columns {
			if cell != "" && earlier.header == cell {
				return fmt.Errorf("%w: %s: columns %d and %d are both named %q; give each column a name of its own", graph.ErrInvalid, name, j+1, i+1, cell)
			}
		}
		s.columns = append(s.columns, column{header: cell})
	}
	rejects := len(s.columns) > 2 && s.columns[0].header == columnRow && s.columns[1].header == columnReason
	taken := map[string]int{}
	for i := range s.columns {
		known := spelled(s.columns[i].header)
		if _, ok := kindsOfColumn[known]; !ok || rejects && i < 2 {
			continue
		}
		if j, twice := taken[known]; twice {
			return fmt.Errorf("%w: %s: columns %d and %d are both named %q; give each column a name of its own", graph.ErrInvalid, name, j+1, i+1, known)
		}
		taken[known] = i
		s.columns[i].name = known
	}
	if rejects {
		s.columns[0].header, s.columns[1].header = "", ""
	}
	for i := range s.columns { // the other spellings, where the column itself is not there
		known, ok := otherNames[spelled(s.columns[i].header)]
		if _, twice := taken[known]; !ok || twice || s.columns[i].name != "" {
			continue
		}
		taken[known] = i
		s.columns[i].name = known
	}
	s.readVendorsAsNames()
	s.readAddressAsURL()
	return nil
}

// readAddressAsURL takes the address of a document for what it is: only sites have one on the map.
func (s *shape) readAddressAsURL() {
	i := s.at(graph.FieldAddress.String())
	if i < 0 || s.has("url") || s.at(columnStatement) >= 0 || s.toldSites() {
		return
	}
	if s.has("title") || !s.has(columnName) {
		s.columns[i].name = "url"
	}
}

// toldSites reports whether the header has a column that tells that rows are sites.
func (s *shape) toldSites() bool {
	return slices.ContainsFunc(siteColumns, s.has)
}

// siteColumns tell that rows are sites. Regions and addresses other lists have too.
var siteColumns = []string{graph.FieldOperator.String(), graph.FieldPlace.String(), columnLatitude, graph.FieldOSH.String(), graph.FieldProcessing.String()}

// readVendorsAsNames takes a list of vendors without buyers for what it is, a list of companies.
func (s *shape) readVendorsAsNames() {
	if s.has("buyer") || s.has(columnName) || s.has(columnID) {
		return
	}
	if i := s.at("supplier"); i >= 0 && spelled(s.columns[i].header) != "supplier" {
		s.columns[i].name = columnName
	}
}

// at is the position of a known column; -1 when the input does not have it.
func (s *shape) at(name string) int {
	return slices.IndexFunc(s.columns, func(c column) bool { return c.name == name })
}

func (s *shape) has(name string) bool { return s.at(name) >= 0 }

// relationKinds are the kinds of relation whose two ends the header names.
func (s *shape) relationKinds() (kinds []graph.Kind) {
	for _, k := range graph.RelationKinds() {
		if s.has(endColumns[k][0]) && s.has(endColumns[k][1]) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// nodeKind tells sources, products, companies and sites apart.
func (s *shape) nodeKind(name string) (graph.Kind, error) {
	if err := s.oneEnd(name); err != nil {
		return 0, err
	}
	own := func(k graph.Kind) bool { // the header has a column that only this kind of node has
		return slices.ContainsFunc(s.columns, func(c column) bool {
			if c.name == "" || c.name == columnName {
				return false
			}
			kinds := slices.Clone(kindsOfColumn[c.name])
			kinds = slices.DeleteFunc(kinds, func(k graph.Kind) bool { return k >= graph.KindSupplies }) // of those of sites, siteColumns tell
			return len(kinds) == 1 && kinds[0] == k
		})
	}
	named := s.has(columnID) || s.has(columnName)
	base := stem(name)
	switch {
	case s.has("title"), !s.has(columnName) && own(graph.KindSource):
		return graph.KindSource, nil
	case named && s.has(graph.FieldOperator.String()):
		return graph.KindSite, nil
	case named && own(graph.KindCompany) && !s.onlyShared():
		return graph.KindCompany, nil
	case named && s.toldSites(), named && siteFile(base):
		return graph.KindSite, nil
	case named && own(graph.KindCompany):
		return graph.KindCompany, nil
	case named && own(graph.KindProduct):
		return graph.KindProduct, nil
	case named && strings.Contains(strings.ToLower(base), "product"):
		return graph.KindProduct, nil
	case named && strings.EqualFold(base, "sources"):
		return graph.KindSource, nil
	case named:
		return graph.KindCompany, nil
	}
	return 0, s.nothingUnderstood(name)
}

// onlyShared reports whether what the header has of companies, sites have too.
func (s *shape) onlyShared() bool {
	return !slices.ContainsFunc(s.columns, func(c column) bool {
		kinds := kindsOfColumn[c.name]
		return slices.Contains(kinds, graph.KindCompany) && !slices.Contains(kinds, graph.KindSite)
	})
}

// siteFile reports whether a file is called after sites.
func siteFile(stem string) bool {
	stem = strings.ToLower(stem)
	return strings.EqualFold(stem, "sites") || strings.EqualFold(stem, "facilities")
}

// oneEnd explains a header that names one end of a relation and not the other.
func (s *shape) oneEnd(name string) error {
	for _, k := range graph.RelationKinds() {
		for i, have := range endColumns[k] {
			missing := endColumns[k][1-i]
			if have == columnProduct || !s.has(have) {
				continue
			}
			if (k == graph.KindAssociated || k == graph.KindLists) && (s.has(columnName) || s.has(columnID)) {
				continue // a column "a", "b" or "listed" of something else
			}
			return fmt.Errorf("%w: %s: column %q is missing: a file of the relation %q has the columns %s and %s%s; found: %s",
				graph.ErrInvalid, name, missing, k, endColumns[k][0], endColumns[k][1], s.didYouMean(missing), s.found())
		}
	}
	return nil
}

func (s *shape) needMerge(name string) error {
	for _, need := range []string{columnRecord, columnCanonical} {
		if !s.has(need) {
			return fmt.Errorf("%w: %s: column %q is missing: a file of sameness has the columns %s; found: %s",
				graph.ErrInvalid, name, need, strings.Join(samenessColumns, ", "), s.found())
		}
	}
	s.merge = s.mergePlan()
	return nil
}

func (s *shape) nothingUnderstood(name string) error {
	hint := ""
	for _, need := range []string{columnName, columnID, "supplier", "buyer", "title"} {
		if hint = s.didYouMean(need); hint != "" {
			break
		}
	}
	return fmt.Errorf("%w: %s: the first row must name the columns, and none that tells what the rows are was found among: %s%s; "+
		"companies and products have name (or id), sites operator or place with them, relations supplier and buyer (or owner and owned, maker and product, input and product, a and b), sources title. "+
		"A mapping reads other columns, also where a later row names them: tributary mapping suggest FILE drafts one",
		graph.ErrInvalid, name, s.found(), hint)
}

func (s *shape) found() string {
	var headers []string
	for _, c := range s.columns {
		headers = append(headers, fmt.Sprintf("%q", cut(c.header)))
		if len(headers) == 30 {
			headers = append(headers, "...")
			break
		}
	}
	return strings.Join(headers, ", ")
}

// didYouMean points to an unknown column that is nearly called missing.
func (s *shape) didYouMean(missing string) string {
	for _, c := range s.columns {
		if c.name == "" && records.Nearest(spelled(c.header), []string{missing}) != "" {
			return fmt.Sprintf("; did you mean %s by %q?", missing, c.header)
		}
	}
	return ""
}

// isKnown reports whether the column is one of the kinds of record that rows of this shape have.
func (s *shape) isKnown(name string) bool {
	if name == "" {
		return false
	}
	if name == columnStatement || s.merge != nil && slices.Contains(samenessColumns, name) {
		return true
	}
	for k, p := range s.plans {
		if p != nil && slices.Contains(kindsOfColumn[name], graph.Kind(k)) {
			return true
		}
	}
	return false
}

// suggestion is the known column of this shape that is nearest to an unknown one; empty when none is near.
func (s *shape) suggestion(header string) string {
	var candidates []string
	for name := range kindsOfColumn {
		if s.isKnown(name) && !s.has(name) {
			candidates = append(candidates, name)
		}
	}
	slices.Sort(candidates)
	return records.Nearest(spelled(header), candidates)
}
