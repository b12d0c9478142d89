package importer

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/resolve"
)

// ListedCompany is a company of a list, as the list calls it.
type ListedCompany struct {
	Row int64
	// Entity is what the row says; its ID is what the list itself calls the row, where it has such a column.
	Entity resolve.Entity
	// Passed are values that cannot be read and are passed over, each with the reason.
	Passed []string
}

// The columns of a list of companies beside those of names, which are [companyColumns] and these. Every column of a
// scheme of identifiers is one of identifiers too.
var (
	nameColumns = []string{"name_en", "english_name", "name_local", "local_name", "native_name", "name_zh", "chinese_name", "legal_name", "full_name", "supplier_name", "vendor_name", "customer", "customer_name", "organisation", "organization", "organisation_name", "organization_name", "entity", "entity_name", "manufacturer",
		"中文名", "中文名称", "英文名", "英文名称", "全称", "公司全称", "单位", "客户", "客户名称", "组织名称", "機構名稱", "firma", "firmenname", "unternehmen", "lieferant", "kunde", "société", "raison_sociale", "fournisseur", "client", "entreprise", "nom", "dénomination", "会社名", "会社", "企業名", "商号", "取引先", "取引先名", "仕入先", "仕入先名", "社名", "法人名"}
	aliasColumns   = []string{"aliases", "alias", "other_names", "also_known_as", "aka", "short_name", "former_name", "former_names", "trade_name", "brand", "别名", "简称", "公司简称", "证券简称", "曾用名", "別名", "略称", "kurzname", "sigle", "nom_commercial"}
	countryColumns = []string{"country", "country_code", "country_of_headquarters", "jurisdiction", "国家", "国别", "国家地区", "国家/地区", "所在国家", "國家", "国", "国名", "land", "pays", "país", "paese"}
	idColumns      = []string{"identifier", "identifiers", "标识", "標識", "识别码"}
	ownColumns     = []string{"id", "ref", "reference", "key", "number", "编号", "序号", "vendor_id", "supplier_id", "company_id"}
)

// listColumn says what a column of a list holds.
type listColumn struct {
	what   listPart
	scheme resolve.Scheme // of identifiers; empty where the value tells
}

type listPart uint8

const (
	partNothing listPart = iota
	partName
	partAliases
	partCountry
	partIdentifier
	partOwn
)

// ReadCompanies reads a list of companies: a table with a column of names and, if it likes, other names, countries and
// identifiers, with headers in English, Chinese, German, French or Japanese; or a name a line. More than limit bytes
// are an error. The error wraps [graph.ErrInvalid].
func ReadCompanies(ctx context.Context, in Input, limit int64) ([]ListedCompany, error) {
	return readNames(ctx, in, limit, companiesOf)
}

// companiesOf takes the first of the first rows for the header that names a column of names or of identifiers.
func companiesOf(rows []TableRow) (out []ListedCompany, err error) {
	for at := range rows[:min(len(rows), headerRows)] {
		columns, found := listHeader(rows[at].Cells)
		if !found || at > 0 && filledCells(rows[at]) < 2 {
			continue
		}
		for _, row := range rows[at+1:] {
			if c := listedCompany(row, columns); len(c.Entity.Names)+len(c.Entity.Identifiers)+len(c.Passed) > 0 {
				out = append(out, c)
			}
		}
		return out, nil
	}
	if err := refuseTable(rows); err != nil {
		return nil, err
	}
	for _, row := range rows {
		if name := onlyCell(row); name != "" {
			out = append(out, NewListedCompany(row.Number, "", []string{name}, nil, nil))
		}
	}
	return out, nil
}

// onlyCell is a line that is one name, without the quotes where it has some.
func onlyCell(row TableRow) string {
	if only := slices.DeleteFunc(slices.Clone(row.Cells), func(cell string) bool { return cell == "" }); len(only) == 1 {
		return only[0]
	}
	return row.Raw
}

// listHeader says what the columns are; found is whether one of them says who is meant.
func listHeader(cells []string) (columns []listColumn, found bool) {
	for _, cell := range cells {
		title, _ := splitTitle(cell)
		c := listColumnOf(ColumnName(title))
		found = found || c.what == partName || c.what == partIdentifier
		columns = append(columns, c)
	}
	return columns, found
}

func listColumnOf(name string) listColumn {
	is := func(lists ...[]string) bool {
		return slices.ContainsFunc(lists, func(list []string) bool { return slices.Contains(list, name) })
	}
	switch {
	case is(ownColumns):
		return listColumn{what: partOwn}
	case is(idColumns):
		return listColumn{what: partIdentifier}
	case is(aliasColumns):
		return listColumn{what: partAliases}
	case is(countryColumns):
		return listColumn{what: partCountry}
	case is(companyColumns, nameColumns):
		return listColumn{what: partName}
	}
	if scheme, ok := resolve.SchemeOf(name); ok {
		return listColumn{partIdentifier, scheme}
	}
	return listColumn{}
}

// NewListedCompany is a row of a list that was not read from a file. Empty texts say nothing; what cannot be read is
// passed over.
func NewListedCompany(row int64, ref string, names, countries, identifiers []string) ListedCompany {
	c := ListedCompany{Row: row, Entity: resolve.Entity{ID: ref}}
	for _, name := range names {
		c.name(graph.Clean(name))
	}
	for _, country := range countries {
		c.country(graph.Clean(country))
	}
	for _, text := range identifiers {
		c.identifier("", graph.Clean(text))
	}
	return c
}

// shareCode is a share with its market that cannot be a name, as "Booking.com" can.
var shareCode = regexp.MustCompile(`^[0-9]{4,6}\.[A-Za-z]{1,3}$`)

// name takes a name, or an identifier that stands where names do.
func (c *ListedCompany) name(text string) {
	if text == "" {
		return
	}
	id, err := resolve.ParseIdentifier(text)
	if err == nil && (id.Scheme != resolve.Ticker || strings.Contains(text, ":") || shareCode.MatchString(text)) {
		c.Entity.Identifiers = appendNew(c.Entity.Identifiers, id)
		return
	}
	c.Entity.Names = appendNew(c.Entity.Names, text)
}

func (c *ListedCompany) country(text string) {
	if text == "" {
		return
	}
	if code, ok := resolve.ParseCountry(text); ok {
		c.Entity.Countries = appendNew(c.Entity.Countries, code)
	} else {
		c.Passed = append(c.Passed, fmt.Sprintf("country %q: no code of ISO 3166 and no name of a country that is known", text))
	}
}

func (c *ListedCompany) identifier(scheme resolve.Scheme, text string) {
	if text == "" {
		return
	}
	id, err := parseListed(scheme, text)
	if err != nil {
		c.Passed = append(c.Passed, strings.TrimPrefix(err.Error(), graph.ErrInvalid.Error()+": "))
	} else {
		c.Entity.Identifiers = appendNew(c.Entity.Identifiers, id)
	}
}

func listedCompany(row TableRow, columns []listColumn) ListedCompany {
	c := ListedCompany{Row: row.Number}
	e := &c.Entity
	for i, cell := range row.Cells[:min(len(row.Cells), len(columns))] {
		if cell == "" {
			continue
		}
		switch column := columns[i]; column.what {
		case partName:
			c.name(cell)
		case partAliases:
			for _, alias := range graph.SplitList(strings.ReplaceAll(cell, "；", ";")) {
				e.Names = appendNew(e.Names, alias)
			}
		case partOwn:
			if e.ID == "" {
				e.ID = cell
			}
		case partCountry:
			c.country(cell)
		case partIdentifier:
			for _, text := range graph.SplitList(cell) {
				c.identifier(column.scheme, text)
			}
		}
	}
	return c
}

func parseListed(scheme resolve.Scheme, text string) (resolve.Identifier, error) {
	if scheme == "" {
		return resolve.ParseIdentifier(text)
	}
	return resolve.ParseIdentifierOf(scheme, text)
}

func appendNew[T comparable](list []T, x T) []T {
	if slices.Contains(list, x) {
		return list
	}
	return append(list, x)
}

// ReadPairs reads pairs of names of which somebody says whether they mean the same company: columns name1, name2 and
// is_match (1 or 0, true or false), and, if it likes, language, kind, country1, country2, identifiers1 and identifiers2.
func ReadPairs(ctx context.Context, in Input, limit int64) ([]resolve.Pair, error) {
	rows, err := ReadTable(ctx, in, limit)
	if err != nil {
		return nil, err
	}
	pairs, err := pairsOf(rows)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %v", graph.ErrInvalid, nameOf(in), err)
	}
	return pairs, nil
}

func pairsOf(rows []TableRow) (pairs []resolve.Pair, err error) {
	if len(rows) == 0 {
		return nil, fmt.Errorf("is empty")
	}
	at := map[string]int{}
	for i, cell := range rows[0].Cells {
		at[ColumnName(cell)] = i
	}
	for _, column := range []string{"name1", "name2", "is_match"} {
		if _, ok := at[column]; !ok {
			return nil, fmt.Errorf("row %d: no column %s (found: %s); the columns are name1, name2, is_match and, if you like, language, kind, country1, country2, identifiers1, identifiers2",
				rows[0].Number, column, strings.Join(rows[0].Cells, ", "))
		}
	}
	for _, row := range rows[1:] {
		cell := func(column string) string {
			if i, ok := at[column]; ok && i < len(row.Cells) {
				return row.Cells[i]
			}
			return ""
		}
		if strings.Join(row.Cells, "") == "" {
			continue
		}
		p := resolve.Pair{Row: row.Number, Language: cell("language"), Kind: cell("kind")}
		same, ok := map[string]bool{"1": true, "true": true, "yes": true, "0": false, "false": false, "no": false}[strings.ToLower(cell("is_match"))]
		if !ok {
			return nil, fmt.Errorf("row %d: is_match %q; allowed: 1 or 0, true or false", row.Number, cell("is_match"))
		}
		p.Same = same
		for i, e := range []*resolve.Entity{&p.A, &p.B} {
			end := fmt.Sprint(i + 1)
			if *e, err = pairEnd(cell("name"+end), cell("country"+end), cell("identifiers"+end)); err != nil {
				return nil, fmt.Errorf("row %d: %v", row.Number, err)
			}
		}
		pairs = append(pairs, p)
	}
	return pairs, nil
}

func pairEnd(name, country, identifiers string) (e resolve.Entity, err error) {
	if name == "" && identifiers == "" {
		return e, fmt.Errorf("a name is empty")
	}
	if name != "" {
		e.Names = []string{name}
	}
	if country != "" {
		code, ok := resolve.ParseCountry(country)
		if !ok {
			return e, fmt.Errorf("country %q; allowed: codes of ISO 3166", country)
		}
		e.Countries = []string{code}
	}
	for _, text := range graph.SplitList(identifiers) {
		id, err := resolve.ParseIdentifier(text)
		if err != nil {
			return e, err
		}
		e.Identifiers = append(e.Identifiers, id)
	}
	return e, nil
}
