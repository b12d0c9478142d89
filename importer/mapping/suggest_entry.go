package mapping

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// entryDraft is one entry of emit on its way.
type entryDraft struct {
	d       *draft
	kind    graph.Kind
	columns []string // those that are filled
	keys    []*profile
	values  []*profile // what would be added up
	lines   strings.Builder
	parties map[string]*profile // by the column that they fill
	when    []string
	after   string // entries that follow this one
	date    string // the layout of the day that the period is taken of
}

func (d *draft) entry(k graph.Kind) *entryDraft {
	return &entryDraft{d: d, kind: k, parties: map[string]*profile{}}
}

func (b *entryDraft) has(column string) bool { return slices.Contains(b.columns, column) }

// line fills a column; notes become a comment.
func (b *entryDraft) line(column, value string, notes ...string) {
	b.columns = append(b.columns, column)
	fmt.Fprintf(&b.lines, "      %s: %s", column, value)
	notes = slices.DeleteFunc(notes, func(n string) bool { return n == "" })
	if len(notes) > 0 {
		fmt.Fprintf(&b.lines, "  # %s", oneLine(strings.Join(notes, "; ")))
	}
	b.lines.WriteByte('\n')
}

// doubt says what else a column could be filled from.
func (a *assignment) doubt() string {
	var others []string
	for _, o := range a.others[:min(3, len(a.others))] {
		others = append(others, "{"+o.name+"}")
	}
	switch {
	case a.score < unsureBelow && len(others) > 0:
		return "unsure: or " + strings.Join(others, ", ")
	case a.score < unsureBelow:
		return "unsure"
	case len(others) > 0:
		return "or " + strings.Join(others, ", ")
	}
	return ""
}

func (b *entryDraft) template(p *profile) string { return p.template(b.d.list) }

// party fills a column that names a company.
func (b *entryDraft) party(column string, r role, note string) {
	a := b.d.take(r)
	if a == nil {
		return
	}
	b.keys = append(b.keys, a.column)
	b.parties[column] = a.column
	if !slices.Contains(b.d.parties, a.column) {
		b.d.parties = append(b.d.parties, a.column)
	}
	if s := a.column.separatorOf(); s != "" {
		b.line(column, fmt.Sprintf("{value: %s, split: %s}", yamlText(b.template(a.column)), yamlText(s)), note, a.doubt(), "several in a cell")
		return
	}
	b.line(column, yamlText(b.template(a.column)), note, a.doubt())
}

// text fills a column with a cell, or with all that is in it.
func (b *entryDraft) text(column string, r role, many bool) {
	a := b.d.take(r)
	if a == nil || b.has(column) {
		return
	}
	if column == "product" {
		b.keys = append(b.keys, a.column)
	}
	s := ""
	if many {
		s = a.column.separatorOf()
	}
	switch {
	case s == "" || s == ";" && column == "aliases":
		b.line(column, yamlText(b.template(a.column)), a.doubt())
	case column == "aliases":
		b.line(column, fmt.Sprintf("{value: %s, split: %s, join: \";\"}", yamlText(b.template(a.column)), yamlText(s)), a.doubt())
	default:
		b.line(column, fmt.Sprintf("{value: %s, split: %s}", yamlText(b.template(a.column)), yamlText(s)), "several in a cell: one statement each", a.doubt())
	}
}

// number is the value of a column of numbers, with what there is to say of it.
func (b *entryDraft) number(p *profile, more string) (value, note string) {
	example, or, _ := p.numbers()
	if example != "" {
		more = fmt.Sprintf(", number: %s", yamlText(example)) + more
	}
	if or != "" {
		note = fmt.Sprintf("unsure: or number: %s", yamlText(or))
	}
	if bad := p.notNumbers(example); len(bad) > 0 {
		note = fmt.Sprintf("unsure: no numbers are %s; records with them are rejected unless blank lists them", briefly(bad))
	}
	if more == "" {
		return yamlText(b.template(p)), note
	}
	return fmt.Sprintf("{value: %s%s}", yamlText(b.template(p)), more), note
}

// share fills a column of parts of a whole.
func (b *entryDraft) share(column string, r role) {
	a := b.d.roles[r]
	if a == nil || b.has(column) || b.d.used[a.column] {
		return
	}
	b.d.take(r)
	value, note, other := b.part(a)
	which := ""
	if column == "share_of_input" && b.kind == graph.KindSupplies {
		which = "unsure: of the buyer's intake of the product? revenue_share is of the supplier's revenue, cost_share of the buyer's cost"
	}
	b.line(column, value, note, other, which, a.doubt())
}

// purchases keeps a part of all purchases, which is no column.
func (b *entryDraft) purchases() {
	if a := b.d.take(rolePurchases); a != nil {
		value, note, other := b.part(a)
		b.line("attributes", fmt.Sprintf("{%s: %s}", rolePurchases, value), note, other, "of all purchases, which is no column: cost_share is of all cost, wages too, and share_of_input of one product", a.doubt())
	}
}

// part is the value of a column of parts of a whole, with what there is to say of it.
func (b *entryDraft) part(a *assignment) (value, note, other string) {
	example, _, _ := a.column.numbers()
	most, _ := a.column.maximum(example)
	signs := a.column.signs(example)
	more := ""
	switch {
	case signs == 1:
		more = ", percent: true"
	case signs > 0:
		more, note = ", percent: true", "unsure: only some have a sign of percent"
	case most > 1:
		more, note = ", percent: true", fmt.Sprintf("up to %g: read as percentages", most)
	case a.column.filled > 0:
		note = fmt.Sprintf("up to %g: read as fractions", most)
	}
	value, other = b.number(a.column, more)
	return value, note, other
}

// units of money in headers.
var headerUnits = []struct {
	word  string
	scale string
}{
	{"万亿", "1000000000000"}, {"亿", "100000000"}, {"億", "100000000"}, {"百万", "1000000"}, {"万", "10000"}, {"萬", "10000"}, {"千", "1000"},
	{"billion", "1000000000"}, {"bn", "1000000000"}, {"mrd", "1000000000"}, {"million", "1000000"}, {"milliard", "1000000000"}, {"mn", "1000000"}, {"mio", "1000000"}, {"thousand", "1000"}, {"tsd", "1000"}, {"k", "1000"},
}

var headerCurrencies = []struct{ word, code string }{
	{"美元", "USD"}, {"usd", "USD"}, {"us$", "USD"}, {"人民币", "CNY"}, {"rmb", "CNY"}, {"cny", "CNY"}, {"欧元", "EUR"}, {"eur", "EUR"}, {"€", "EUR"}, {"日元", "JPY"}, {"円", "JPY"}, {"jpy", "JPY"},
	{"gbp", "GBP"}, {"£", "GBP"}, {"krw", "KRW"}, {"twd", "TWD"}, {"nt$", "TWD"}, {"hkd", "HKD"}, {"港元", "HKD"}, {"$", "USD"}, {"元", "CNY"},
}

// amount fills value and its currency.
func (b *entryDraft) amount() {
	a := b.d.take("value")
	if a == nil {
		return
	}
	b.values = append(b.values, a.column)
	header := fold(a.column.name)
	more, note := "", ""
	for _, u := range headerUnits {
		if strings.Contains(header, u.word) && (isIdeographic(u.word) || slices.Contains(words(header), words(u.word)[0])) {
			more, note = ", scale: "+u.scale, "the header says "+u.word
			break
		}
	}
	value, other := b.number(a.column, more)
	b.line("value", value, note, other, a.doubt())
	example, _, _ := a.column.numbers()
	if _, negative := a.column.maximum(example); negative {
		b.when = append(b.when, fmt.Sprintf("{value: %s, min: 0, reason: negative value}", value))
	}
	if c := b.d.take("currency"); c != nil {
		b.line("currency", yamlText(b.template(c.column)), c.doubt())
		return
	}
	for _, c := range headerCurrencies {
		if strings.Contains(header, c.word) {
			b.line("currency", c.code, "the header says so")
			return
		}
	}
	fmt.Fprintf(&b.lines, "      # currency: USD  # unsure: no column says which\n")
}

func (b *entryDraft) quantity() {
	a := b.d.take("quantity")
	if a == nil {
		return
	}
	b.values = append(b.values, a.column)
	value, other := b.number(a.column, "")
	b.line("quantity", value, other, a.doubt())
	if u := b.d.take("unit"); u != nil {
		b.line("unit", yamlText(b.template(u.column)), u.doubt())
		return
	}
	for _, unit := range []string{"kg", "t", "lb", "pcs"} {
		if slices.Contains(words(a.column.name), unit) {
			b.line("unit", unit, "the header says so")
			return
		}
	}
}

// period fills the time that numbers speak of.
func (b *entryDraft) period() {
	if a := b.d.take("period"); a != nil {
		value, note := b.day(a.column, "")
		b.keys = append(b.keys, a.column)
		b.line("period", value, note, a.doubt())
		return
	}
	if a := b.d.take(roleDate); a != nil {
		value, note := b.day(a.column, takeYear)
		b.line("period", value, note, "or take: quarter or month", a.doubt())
		b.date, _, _ = a.column.dates()
		b.keys = append(b.keys, a.column)
	}
}

// day is the value of a column of dates.
func (b *entryDraft) day(p *profile, take string) (value, note string) {
	layout, or, _ := p.dates()
	if or != "" {
		note = fmt.Sprintf("unsure: or date: %s", or)
	}
	plain := p.part(func(v string) bool {
		period, err := graph.ParsePeriod(v)
		s, ok := anyDate(v)
		return err == nil && ok && s.period == period && s.fiscal != fiscalPair
	})
	if plain == 1 && take == "" {
		return yamlText(b.template(p)), note
	}
	more := ", date: " + yamlText(layout)
	if take != "" {
		more += ", take: " + take
	}
	if p.part(func(v string) bool { s, _ := anyDate(v); return s.fiscal == fiscalPair }) > 0 && (take == takeStart || take == takeAfter) {
		more += ", fiscal_start: 4"
		note = "unsure: the month in which fiscal years begin"
	}
	return fmt.Sprintf("{value: %s%s}", yamlText(b.template(p)), more), note
}

// partyUnnamed stands in a draft where no column names the buyer, or the supplier.
const partyUnnamed = "Our Company"

// validity fills valid_from and valid_to.
func (b *entryDraft) validity() {
	if a := b.d.take("valid_from"); a != nil {
		value, note := b.day(a.column, takeStart)
		b.line("valid_from", value, note, a.doubt())
	}
	if a := b.d.take("valid_to"); a != nil {
		value, note := b.day(a.column, takeAfter)
		b.line("valid_to", value, "unsure: take: after is for a last day on which it held, take: start for the first on which it did not", note, a.doubt())
	}
}

// country fills a column of countries, from codes or names.
func (b *entryDraft) country(column string, r role) {
	a := b.d.roles[r]
	if a == nil || b.has(column) || b.d.used[a.column] {
		return
	}
	b.d.take(r)
	if party := b.partyOf(a.column); party != "" {
		b.countryOf(party, a)
		return
	}
	which := ""
	if column == "origin_country" && r == "country" {
		which = "unsure: where it ships from, or the country of one of the companies?"
	}
	value, note := b.countryValue(a.column)
	b.line(column, value, which, note, a.doubt())
}

// countryValue makes codes of names of countries.
func (b *entryDraft) countryValue(p *profile) (value, note string) {
	_, unknown, plain := p.countries()
	switch {
	case plain:
		return yamlText(b.template(p)), ""
	case len(unknown) > 0:
		note = "unsure: no country is known for " + briefly(unknown)
	}
	return fmt.Sprintf("{value: %s, country: true}", yamlText(b.template(p))), note
}

// hqWords say that a country is that of a company.
var hqWords = []string{"hq", "headquarters", "headquartered", "总部", "总部所在地", "sitz", "firmensitz", "siège", "本社"}

// partyOf is the column of the company whose country a column tells; empty where the header does not say so.
func (b *entryDraft) partyOf(country *profile) string {
	header := strings.Join(words(country.name), " ")
	for _, name := range []string{"supplier", "buyer", "maker", "owner", "owned"} {
		if !b.has(name) {
			continue
		}
		for _, r := range roleWords {
			if string(r.role) == name && fitness(header, r.words) > 0 {
				return name
			}
		}
	}
	if fitness(header, hqWords) > 0 && b.has("maker") {
		return "maker"
	}
	return ""
}

// countryOf adds an entry that says in which country a party is.
func (b *entryDraft) countryOf(party string, a *assignment) {
	for _, p := range b.keys {
		if b.parties[party] == p {
			value, note := b.countryValue(a.column)
			if note != "" {
				note = "  # " + oneLine(note)
			}
			each := ""
			if p.list != "" || a.column.list != "" {
				each = fmt.Sprintf("    each: %s\n", yamlText(b.d.list))
			}
			b.after += fmt.Sprintf("  - company:\n      name: %s\n      country: %s%s\n%s", yamlText(b.template(p)), value, note, each)
		}
	}
}

// evidence fills who says it, where and how firmly.
func (b *entryDraft) evidence() {
	source := b.d.take("source")
	url := b.d.take("url")
	switch {
	case source != nil:
		b.line("source", yamlText(b.template(source.column)), source.doubt())
	case url != nil:
		b.line("source", yamlText(b.template(url.column)), url.doubt())
	default:
		fmt.Fprintf(&b.lines, "      # source: the document that says so  # unsure: no column names one\n")
	}
	b.text("quote", "quote", false)
	b.text("locator", "locator", false)
	b.share("confidence", "confidence")
	if !b.has("locator") {
		b.line("locator", `"record {@row}"`)
	}
}

// end adds the entry to the draft, with what adds up its records where several are of one pair.
func (b *entryDraft) end() {
	text := fmt.Sprintf("  - %s:\n%s", b.kind, b.lines.String())
	if b.d.list != "" && slices.ContainsFunc(b.keys, func(p *profile) bool { return p.list != "" }) {
		text += fmt.Sprintf("    each: %s\n", yamlText(b.d.list))
	}
	if len(b.when) > 0 {
		text += fmt.Sprintf("    when: [%s]\n", strings.Join(b.when, ", "))
	}
	if b.kind == graph.KindSupplies && len(b.values) > 0 && b.repeats() {
		text += b.aggregate()
	}
	b.d.entries = append(b.d.entries, text)
	if b.after != "" && !slices.Contains(b.d.others, b.after) {
		b.d.others = append(b.d.others, b.after)
	}
}

// repeats reports whether several records have the same parties, product and period.
func (b *entryDraft) repeats() bool {
	seen := map[string]bool{}
	for i := range b.d.sample.Records {
		var key strings.Builder
		for _, p := range b.keys {
			if p.list != "" || i >= len(p.all) {
				return true // of JSON that is not looked at
			}
			text := p.all[i]
			if l, err := parseLayout(b.date); b.date != "" && err == nil {
				if s, ok := l.read(text); ok {
					text = string(s.period[:4])
				}
			}
			key.WriteString(fold(text) + "\x00")
		}
		if seen[key.String()] {
			return true
		}
		seen[key.String()] = true
	}
	return false
}

// aggregate adds up what has the same parties, product and period.
func (b *entryDraft) aggregate() string {
	var key, rules []string
	for _, c := range b.columns {
		switch c {
		case "value", "quantity":
			rules = append(rules, c+": sum")
		case "quote", "locator":
			rules = append(rules, c+": "+ruleList)
		case "confidence":
			rules = append(rules, c+": "+ruleLeast)
		case "origin_country":
			rules = append(rules, c+": "+ruleFirst)
		case "supplier", "buyer", "product", "period", "source", "valid_from":
			key = append(key, c)
		}
	}
	return fmt.Sprintf("    aggregate: {key: [%s], %s}  # several records of one pair, product and period are one relation\n", strings.Join(key, ", "), strings.Join(rules, ", "))
}
