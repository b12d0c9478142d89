package mapping

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// Suggest drafts a mapping for files like the sample. What it is unsure of is marked in comments. The draft can be read and
// fits the columns of the sample.
func Suggest(s *Sample) []byte {
	d := &draft{sample: s, columns: profiles(s)}
	d.chooseList()
	d.roles = assign(d.usable())
	d.used = map[*profile]bool{}
	d.statements()
	return d.write()
}

// draft is a mapping on its way.
type draft struct {
	sample  *Sample
	columns []*profile
	list    string // of each, in JSON
	roles   map[role]*assignment
	used    map[*profile]bool

	head    []string // comments at the top
	where   []string
	entries []string
	others  []string // entries of companies, which come after all
	blank   []string
	parties []*profile
}

// chooseList takes the list in JSON that most columns with a role lie in, with the lists around it. Of two alike it takes the
// outer one.
func (d *draft) chooseList() {
	var lists []string
	for _, p := range d.columns {
		lists = append(lists, p.list)
	}
	slices.SortStableFunc(lists, func(a, b string) int { return strings.Count(a, "[*]") - strings.Count(b, "[*]") })
	best := 0
	for _, list := range slices.Compact(lists) {
		within := slices.DeleteFunc(slices.Clone(d.columns), func(p *profile) bool { return p.list == "" || !p.reachedFrom(list) })
		if n := len(assign(within)); n > best {
			d.list, best = list, n
		}
	}
}

// reachedFrom reports whether elements of a list see one value of the column: it is theirs, or of what they lie in.
func (p *profile) reachedFrom(list string) bool {
	return p.list == "" || p.list == list || strings.HasPrefix(list, p.list+".")
}

// usable are the columns of records, of the list that was chosen and of those around it.
func (d *draft) usable() []*profile {
	return slices.DeleteFunc(slices.Clone(d.columns), func(p *profile) bool { return !p.reachedFrom(d.list) })
}

// take is the column of a role, which is then used; nil where there is none.
func (d *draft) take(r role) *assignment {
	a := d.roles[r]
	if a == nil || d.used[a.column] {
		return nil
	}
	d.used[a.column] = true
	return a
}

func (d *draft) has(roles ...role) bool {
	return slices.ContainsFunc(roles, func(r role) bool { return d.roles[r] != nil })
}

// statements decides what a record becomes.
func (d *draft) statements() {
	switch {
	case d.has("latitude") && d.has("longitude") && d.has(roleSomeone):
		d.site()
	case d.has("supplier") && d.has("buyer"):
		d.supplies("supplier", "buyer", "")
	case d.has(roleFrom) && d.has(roleTo):
		d.directed()
	case d.has("owner") && d.has("owned", roleSomeone):
		d.owns()
	case d.has("supplier") && !d.has("buyer", roleSomeone) && d.has("value", "quantity", "share", "revenue_share", rolePurchases):
		d.supplies("supplier", "", "")
	case d.has("buyer") && d.has("revenue_share") && !d.has("supplier", roleSomeone):
		d.supplies("", "buyer", "")
	case d.has("supplier") && d.has(roleSomeone):
		d.supplies("supplier", roleSomeone, "unsure: is this the one who buys?")
	case d.has("product") && d.has("maker", roleSomeone, "supplier") && !d.has("buyer"):
		d.makes()
	case d.has("buyer") && d.has(roleSomeone):
		d.supplies(roleSomeone, "buyer", "unsure: is this the one who supplies?")
	case d.has(roleSomeone, "supplier", "buyer", "maker", "owner", "owned", "lei"):
		d.company()
	case d.has("product"):
		d.product()
	default:
		d.guess()
	}
}

// needWords and supplyWords are values of a relation that tell its direction.
var (
	needWords   = []string{"need", "require", "buy", "purchas", "depend", "source", "procure", "import", "customer", "bezieht", "benötigt", "kauft", "achète", "需要", "采购", "购买", "依赖", "需求", "購入", "調達"}
	supplyWords = []string{"suppl", "provide", "sell", "ship", "deliver", "export", "manufactur", "liefert", "verkauft", "fournit", "vend", "供应", "供货", "提供", "销售", "出售", "供給", "販売"}
)

func anyOf(text string, list []string) bool {
	text = fold(text)
	return slices.ContainsFunc(list, func(w string) bool { return strings.Contains(text, w) })
}

// directed is a table of from and to: who supplies whom, the words of the relation tell, if anything does.
func (d *draft) directed() {
	relation := d.roles[roleRelation]
	if relation == nil {
		d.supplies(roleFrom, roleTo, "unsure of the direction: if \"from\" needs \"to\", swap supplier and buyer")
		return
	}
	d.used[relation.column] = true
	var needs, gives, other []string
	for _, v := range relation.column.values {
		switch {
		case anyOf(v, needWords):
			needs = append(needs, v)
		case anyOf(v, supplyWords):
			gives = append(gives, v)
		default:
			other = append(other, v)
		}
	}
	when := func(values []string) string {
		return fmt.Sprintf("    when: {value: %s, is: %s}\n", yamlText(relation.column.template(d.list)), yamlList(values))
	}
	if len(other) > 0 {
		d.head = append(d.head, fmt.Sprintf("unsure: what %s means of %s; such records are left out, and counted", relation.column.name, briefly(other)))
	}
	if len(gives) > 0 {
		d.supplies(roleFrom, roleTo, "")
		d.entries[len(d.entries)-1] += when(gives)
	}
	if len(needs) > 0 {
		d.used = map[*profile]bool{relation.column: true}
		d.supplies(roleTo, roleFrom, "\"from\" needs \"to\": the direction is turned round")
		d.entries[len(d.entries)-1] += when(needs)
	}
	if len(gives)+len(needs) == 0 {
		d.supplies(roleFrom, roleTo, "unsure of the direction: if \"from\" needs \"to\", swap supplier and buyer")
	}
}

func (d *draft) supplies(supplier, buyer role, note string) {
	b := d.entry(graph.KindSupplies)
	ofBuyer := ""
	if buyer == roleSomeone {
		note, ofBuyer = "", note
	}
	if supplier == "" {
		b.line("supplier", yamlText(partyUnnamed), "unsure: no column names who supplies; write who it is")
	} else {
		b.party("supplier", supplier, note)
	}
	if buyer == "" {
		b.line("buyer", yamlText(partyUnnamed), "unsure: no column names who buys; write who it is")
	} else {
		b.party("buyer", buyer, ofBuyer)
	}
	b.text("product", "product", true)
	b.share("share_of_input", "share")
	b.share("revenue_share", "revenue_share")
	b.share("share_of_input", "market_share")
	b.purchases()
	b.amount()
	b.quantity()
	b.period()
	b.validity()
	b.country("origin_country", "origin_country")
	b.country("origin_country", "country")
	b.evidence()
	b.end()
}

func (d *draft) owns() {
	b := d.entry(graph.KindOwns)
	b.party("owner", "owner", "")
	if d.has("owned") {
		b.party("owned", "owned", "")
	} else {
		b.party("owned", roleSomeone, "unsure: is this the one that is owned?")
	}
	b.share("share", "share")
	b.period()
	b.validity()
	b.evidence()
	b.end()
}

func (d *draft) makes() {
	b := d.entry(graph.KindMakes)
	for _, r := range []role{"maker", roleSomeone, "supplier"} {
		if d.has(r) {
			note := ""
			if r == "supplier" {
				note = "no buyer is named; with one, this would be supplies"
			}
			b.party("maker", r, note)
			break
		}
	}
	b.text("product", "product", true)
	b.share("market_share", "market_share")
	b.share("market_share", "share")
	b.period()
	b.validity()
	b.country("country", "country")
	b.country("country", "origin_country")
	b.evidence()
	b.end()
}

func (d *draft) company() {
	b := d.entry(graph.KindCompany)
	b.text("id", "id", false)
	b.text("lei", "lei", false)
	for _, r := range []role{roleSomeone, "supplier", "buyer", "maker", "owner", "owned"} {
		if d.has(r) {
			note := ""
			if r != roleSomeone {
				note = fmt.Sprintf("only one party is named. If all of these are the %s of one company, write supplies with that as a constant", r)
			}
			b.party("name", r, note)
			break
		}
	}
	for _, r := range []role{"aliases", "isin", "ticker", "sector"} {
		b.text(string(r), r, r == "aliases")
	}
	b.country("country", "country")
	b.text("source", "source", false)
	b.end()
}

// site is a list of places where something is made.
func (d *draft) site() {
	b := d.entry(graph.KindSite)
	b.text("id", "id", false)
	b.text("name", roleSomeone, false)
	for _, r := range []role{"owner", "maker", "supplier"} {
		b.text("operator", r, false)
	}
	b.country("country", "country")
	for _, r := range []role{"region", "latitude", "longitude", "address", "sector"} {
		b.text(string(r), r, false)
	}
	b.text("source", "source", false)
	b.end()
}

func (d *draft) product() {
	b := d.entry(graph.KindProduct)
	b.text("name", "product", false)
	b.text("code", "code", false)
	b.text("aliases", "aliases", true)
	b.end()
}

// guess drafts a list of companies where no header tells anything.
func (d *draft) guess() {
	d.head = append(d.head, "unsure of everything: no column is called like something that is known. Say in emit what a record is, and which column fills what.")
	for _, p := range d.usable() {
		if p.isText() && p.filled > 0 {
			d.roles[roleSomeone] = &assignment{column: p}
			d.company()
			return
		}
	}
	d.entries = append(d.entries, "  - company:\n      name: \"\"  # unsure: no column holds names\n")
}

// write puts the draft together.
func (d *draft) write() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# Drafted from %s. Lines marked \"unsure\" need a look; tributary mapping check shows what comes of it.\n", orText(oneLine(d.sample.File), "a sample"))
	d.findBlanks()
	d.findAggregates()
	d.findUnnamed()
	for _, h := range d.head {
		fmt.Fprintf(&b, "# %s\n", oneLine(h))
	}
	b.WriteString("version: 1\n")
	d.writeInput(&b)
	if len(d.blank) > 0 {
		fmt.Fprintf(&b, "blank: %s  # these say nothing\n", yamlList(d.blank))
	}
	if len(d.where) > 0 {
		b.WriteString("where:\n" + strings.Join(d.where, ""))
	}
	b.WriteString("emit:\n" + strings.Join(append(d.entries, d.others...), ""))
	var left []string
	for _, p := range d.columns {
		if !d.used[p] {
			left = append(left, p.name)
		}
	}
	if len(left) > 0 {
		fmt.Fprintf(&b, "# not used: %s\n", oneLine(strings.Join(left, ", ")))
	}
	return []byte(b.String())
}

func (d *draft) writeInput(b *strings.Builder) {
	l := d.sample.Layout
	var parts []string
	note := ""
	if l.Sheet != "" {
		parts = append(parts, "sheet: "+yamlText(l.Sheet))
	}
	if l.Header > 1 {
		parts = append(parts, fmt.Sprintf("header: %d", l.Header))
	}
	var filled []string
	for _, p := range d.columns {
		if d.used[p] && d.repeatsAbove(p) {
			filled = append(filled, p.name)
		}
	}
	if len(filled) > 0 {
		parts = append(parts, "fill_down: "+yamlList(filled))
		note = "  # unsure: do the empty cells repeat the one above them?"
	}
	if l.Encoding != "" {
		parts = append(parts, "encoding: "+yamlText(l.Encoding))
	}
	if l.Records != "" {
		parts = append(parts, "records: "+yamlText(l.Records))
	}
	if len(parts) > 0 {
		fmt.Fprintf(b, "input: {%s}%s\n", strings.Join(parts, ", "), note)
	}
}

// mergedRoles are what rows are put together by.
var mergedRoles = []role{"supplier", "buyer", "maker", "owner", "owned", roleSomeone, roleFrom, roleTo, "product", "period", roleDate, "source"}

// repeatsAbove reports whether a column looks as if its cells had been merged: a value, then empty cells, then another value.
func (d *draft) repeatsAbove(p *profile) bool {
	repeated := slices.ContainsFunc(mergedRoles, func(r role) bool { return d.roles[r] != nil && d.roles[r].column == p })
	if p.json || !repeated || len(p.all) == 0 || p.all[0] == "" || 4*(len(p.all)-p.filled) < len(p.all) {
		return false
	}
	above := ""
	for _, text := range p.all {
		if text != "" && fold(text) == fold(above) {
			return false // who merges cells writes each once
		}
		above = orText(text, above)
	}
	return true
}

// findBlanks lists the values that stand for nothing in the columns used.
func (d *draft) findBlanks() {
	for _, p := range d.columns {
		if !d.used[p] {
			continue
		}
		for _, v := range p.values {
			if isBlank(v) && !slices.Contains(d.blank, v) {
				d.blank = append(d.blank, v)
			}
		}
	}
	slices.Sort(d.blank)
}

// unnamed are parties that a document only numbers or letters.
var unnamed = regexp.MustCompile(`(?i)^(?:(?:customer|client|supplier|vendor)\s*(?:no\.?\s*)?(?:[a-z]|[0-9]{1,2})|第[一二三四五六七八九十0-9]+(?:大|名|位)?(?:客户|供应商)?|(?:客户|供应商|单位|公司)\s*(?:[a-z]|[0-9]{1,2}|[一二三四五六七八九十甲乙丙丁戊]))$`)

// findUnnamed warns of names that are none.
func (d *draft) findUnnamed() {
	for _, p := range d.parties {
		var found []string
		for _, v := range p.values {
			if unnamed.MatchString(v) {
				found = append(found, v)
			}
		}
		if len(found) > 0 {
			d.head = append(d.head, fmt.Sprintf("unsure: %s in %s is no name. Taken as one it is the same company in all documents: put who reports and the year before it, \"WHO, 2023, %s\"; tributary formats filing-suppliers and filing-customers tells of tables that are read so without a mapping",
				briefly(found), p.name, p.template(d.list)))
		}
	}
}

// findAggregates filters parties that are no one company.
func (d *draft) findAggregates() {
	for _, p := range d.parties {
		if p.list != "" {
			continue
		}
		var found []string
		for _, v := range p.values {
			if aggregates[fold(v)] {
				found = append(found, v)
			}
		}
		at := yamlText(p.template(""))
		if len(found) > 0 {
			slices.Sort(found)
			if d.roles["revenue_share"] != nil && d.roles["buyer"] != nil && d.roles["buyer"].column == p {
				d.head = append(d.head, fmt.Sprintf("unsure: a row of %s is left out. If it is the total of the five greatest customers, it is top_five_customers_share of the company that supplies", briefly(found)))
			}
			d.where = append(d.where, fmt.Sprintf("  - {value: %s, not: %s, reason: %s}\n", at, yamlList(found), yamlText(p.name+" is no one company")))
		}
		if p.filled < len(d.sample.Records) && !d.repeatsAbove(p) || p.part(isBlank) > 0 || slices.ContainsFunc(p.values, isBlank) {
			d.where = append(d.where, fmt.Sprintf("  - {value: %s, filled: true, reason: %s}\n", at, yamlText(p.name+" is empty")))
		}
	}
}

func yamlList(texts []string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = yamlText(t)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func briefly(texts []string) string {
	const most = 5
	if len(texts) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(texts[:most], ", "), len(texts)-most)
	}
	return strings.Join(texts, ", ")
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// oneLine makes a comment of a text.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return r < ' ' || r == 0x7F || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xFEFF
	}), " ")
}
