package formats

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// openSanctionsSimple is the table of targets that OpenSanctions publishes beside its graph.
var openSanctionsSimple = &Format{
	Name:  "opensanctions-simple",
	Title: "OpenSanctions targets.simple.csv",
	Makes: "companies and persons, and a `lists` row for each that is under sanctions",
	Used: []Use{
		{"id", "`id` `opensanctions:ID`; `lei:...` where identifiers hold one LEI, as in the graph of the same publisher"},
		{"schema", "`kind`: Person is a person, PublicBody a government; Company, Organization, LegalEntity are companies"},
		{"name, aliases", "`name`, `aliases`"},
		{"countries", "`country`, where there is one; several are the attribute countries"},
		{"identifiers", "`lei`, where exactly one is well formed; all are an attribute"},
		{"sanctions, program_ids", "`lists`: program_ids are the `programme`, sanctions the `quote`"},
		{"dataset", "`source`; the `authority` of `lists`, one for each that is known by the title of its list: OFAC, BIS, the Council of the European Union, OFSI, FCDO; else \"authority not named\""},
	},
	Left: []Left{
		{"birth_date, addresses, phones, emails", "companies have no field for them, and persons are named as owners alone"},
		{"first_seen, last_seen, last_change", "about the record: when the publisher saw it, not since when it is so"},
	},
	Drops: []string{dropNoCompany, dropUnknownSchema},
	Notes: []string{
		"Cells hold several values, separated by semicolons, with the quotes of CSV where a value has one itself. The table does not say since when an authority lists a target, nor which of its lists which programme is of, and names authorities by the titles of their lists alone: the graph (FollowTheMoney) says all of it, and is to be preferred. What titles are not known is counted in a note.",
	},
	match: hasColumns("id", "schema", "name", "aliases", "birth_date", "countries", "identifiers", "sanctions", "dataset"),
	make:  func() records.Converter { return newTargets() },
}

// Columns of the table that are used, in the order of targets.columns.
const (
	targetID = iota
	targetSchema
	targetName
	targetAliases
	targetCountries
	targetIdentifiers
	targetSanctions
	targetProgrammes
	targetDataset
)

var (
	targetCompanies = &records.Shape{Kind: graph.KindCompany, Columns: []string{"id", "kind", "name", "aliases", "country", "lei", "source", "attributes"}}
	targetLists     = &records.Shape{Kind: graph.KindLists, Columns: []string{"authority", "listed", "source", "programme", "quote"}}
)

// targets makes companies and listings of the table.
type targets struct {
	columns columns
	byLEI   map[string]bool
	unnamed int            // targets of which no list is known by its title
	titles  map[string]int // their lists, by how many of the targets they are of
}

// listTitles tell by what the title of a list holds, in lower case, who publishes it. The names are those by which the
// rules about sanctions know them.
var listTitles = []struct{ holds, authority string }{
	{"us ofac ", "Office of Foreign Assets Control"},
	{"us bis ", "Bureau of Industry and Security"},
	{"eu financial sanctions files", "Council of the European Union"},
	{"eu council official journal", "Council of the European Union"},
	{"eu sanctions map", "Council of the European Union"},
	{"uk hmt", "Office of Financial Sanctions Implementation"},
	{"uk hm treasury", "Office of Financial Sanctions Implementation"},
	{"uk ofsi", "Office of Financial Sanctions Implementation"},
	{"hmt/ofsi", "Office of Financial Sanctions Implementation"},
	{"uk fcdo", "Foreign, Commonwealth & Development Office"},
}

// authoritiesOf are who publishes the lists, as far as their titles are known.
func authoritiesOf(titles []string) (out []string) {
	for _, title := range titles {
		for _, known := range listTitles {
			if strings.Contains(strings.ToLower(title)+" ", known.holds) && !slices.Contains(out, known.authority) {
				out = append(out, known.authority)
			}
		}
	}
	return out
}

func newTargets() *targets {
	return &targets{titles: map[string]int{}, byLEI: map[string]bool{}, columns: newColumns("id", "schema", "name", "aliases", "countries", "identifiers", "sanctions", "program_ids", "dataset")}
}

// Convert makes a company, and its listing.
func (c *targets) Convert(r *records.Record, emit records.Emit) error {
	at := c.columns.of(r)
	id, schema := graph.Clean(cell(r, at[targetID])), graph.Clean(cell(r, at[targetSchema]))
	if id == "" {
		return &records.Bad{Field: "id", Why: "is empty; a target needs an id"}
	}
	kind := ""
	switch class := ftmClasses[schema]; {
	case class == ftmUnknown:
		return &records.Drop{Reason: dropUnknownSchema}
	case class != ftmCompany:
		return &records.Drop{Reason: dropNoCompany}
	case schema == "Person":
		kind = "person"
	case schema == "PublicBody":
		kind = "government"
	}
	identifiers := splitQuoted(cell(r, at[targetIdentifiers]))
	lei := validLEI(identifiers)
	id = "opensanctions:" + id
	if lei != "" && !c.byLEI[lei] { // a second target with this LEI stays known by its own id
		c.byLEI[lei] = true
		id = "lei:" + lei
	}
	source := strings.Join(splitQuoted(cell(r, at[targetDataset])), ", ")
	countries := validCountries(splitQuoted(cell(r, at[targetCountries])))
	pairs := map[string]string{"identifiers": strings.Join(identifiers, ";")}
	if len(countries) > 1 {
		pairs["countries"] = strings.Join(countries, ";")
	}
	if err := emit(&records.Row{Shape: targetCompanies, Cells: []string{id, kind, cell(r, at[targetName]),
		listOf(splitQuoted(cell(r, at[targetAliases]))), oneCountry(countries, ""), lei, source, attributesOf(pairs)}}); err != nil {
		return err
	}
	sanctions, programmes := splitQuoted(cell(r, at[targetSanctions])), splitQuoted(cell(r, at[targetProgrammes]))
	if len(sanctions)+len(programmes) == 0 {
		return nil
	}
	titles := splitQuoted(cell(r, at[targetDataset]))
	authorities := authoritiesOf(titles)
	if len(authorities) == 0 {
		authorities = []string{unnamedAuthority}
		c.unnamed++
		for _, title := range titles {
			c.titles[title]++
		}
	}
	for _, authority := range authorities {
		if err := emit(&records.Row{Shape: targetLists, Cells: []string{authority, id, source, listOf(programmes), strings.Join(sanctions, "; ")}}); err != nil {
			return err
		}
	}
	return nil
}

// Notes says of how many targets no authority is known.
func (c *targets) Notes() []string {
	if c.unnamed == 0 {
		return nil
	}
	titles := slices.SortedFunc(maps.Keys(c.titles), func(a, b string) int { return cmp.Or(c.titles[b]-c.titles[a], cmp.Compare(a, b)) })
	const most = 5
	text := strings.Join(titles[:min(most, len(titles))], ", ")
	if len(titles) > most {
		text += fmt.Sprintf(" and %d more", len(titles)-most)
	}
	return []string{fmt.Sprintf("of %d listed targets no list is known by its title, so that no rule about sanctions knows who lists them (%s); the graph of OpenSanctions names their authorities", c.unnamed, cmp.Or(text, "no dataset is named"))}
}

// Finish has nothing left to say.
func (c *targets) Finish(records.Emit) error { return nil }

// splitQuoted reads a cell that is itself a row of CSV with semicolons: values, cleaned, without empty ones. A quote
// that never closes goes on to the end of the cell.
func splitQuoted(cell string) (values []string) {
	add := func(value string) {
		if value = graph.Clean(value); value != "" {
			values = append(values, value)
		}
	}
	for cell != "" {
		if cell[0] != '"' {
			value, rest, _ := strings.Cut(cell, ";")
			add(value)
			cell = rest
			continue
		}
		var b strings.Builder
		cell = cell[1:]
		for {
			before, after, closed := strings.Cut(cell, `"`)
			b.WriteString(before)
			cell = after
			if !closed || !strings.HasPrefix(after, `"`) {
				break
			}
			b.WriteByte('"')
			cell = after[1:]
		}
		tail, rest, _ := strings.Cut(cell, ";") // what stands between the quote and the semicolon, if anything
		add(b.String() + tail)
		cell = rest
	}
	return values
}
