package formats

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/importer/records"
)

// bodsInterest is one interest of a party in an entity.
type bodsInterest struct {
	kind      string
	indirect  bool
	low, high string // fractions; both empty where no share is stated, the same where it is exact
	majority  bool   // the share is said to be above half
	from, to  string
	elsewhere bool   // what it says counts by direct interests, or by a chain of them
	words     string // as the attribute interests has it
}

// bodsControl are the types of interest by which a party controls, in words.
var bodsControl = map[string]string{
	"appointmentOfBoard": "appointment of board", "otherInfluenceOrControl": "other influence or control",
	"controlViaCompanyRulesOrArticles": "control via company rules or articles", "controlByLegalFramework": "control by legal framework",
	"settlor": "settlor", "trustee": "trustee", "protector": "protector",
}

// bodsUnknown are the types of interest of which it is not known what they are.
var bodsUnknown = map[string]bool{"": true, "unknownInterest": true, "unpublishedInterest": true}

// takeRelationship reads who has which interests in whom.
func (s *bodsStatement) takeRelationship(details map[string]any) error {
	s.subject, _ = details["subject"].(string)
	s.party, _ = details["interestedParty"].(string)
	s.subject, s.party = graph.Clean(s.subject), graph.Clean(s.party)
	for _, component := range listOfAny(details["componentRecords"]) {
		s.components = append(s.components, scalarText(component))
	}
	for i, one := range objectsAt(details, "interests") {
		interest, bad := bodsInterestOf(one)
		if bad != nil {
			bad.Field = fmt.Sprintf("recordDetails.interests[%d].%s", i, bad.Field)
			return bad
		}
		s.interests = append(s.interests, interest)
	}
	if len(s.interests) == 0 && !s.closed {
		s.interests = []bodsInterest{{words: "interest not stated"}}
	}
	return nil
}

func bodsInterestOf(object map[string]any) (x bodsInterest, bad *records.Bad) {
	x = bodsInterest{kind: textAt(object, "type"), indirect: textAt(object, "directOrIndirect") == "indirect", from: dayOf(textAt(object, "startDate"))}
	for field, day := range map[string]string{"startDate": x.from, "endDate": dayOf(textAt(object, "endDate"))} {
		if _, err := graph.ParseDate(day); day != "" && err != nil {
			return x, &records.Bad{Field: field, Found: day, Why: "not a date; expected one such as 2024-05-11"}
		}
	}
	ended := dayOf(textAt(object, "endDate"))
	to, ok := endOf(x.from, ended)
	if !ok {
		return x, &records.Bad{Field: "endDate", Found: ended, Why: "is before the startDate " + x.from}
	}
	x.to = to
	share, _ := object["share"].(map[string]any)
	if bad := x.takeShare(share); bad != nil {
		return x, bad
	}
	x.words = x.inWords(textAt(object, "details"))
	return x, nil
}

// takeShare reads an exact share or its bounds.
func (x *bodsInterest) takeShare(share map[string]any) *records.Bad {
	part := map[string]string{}
	for _, key := range [...]string{"exact", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"} {
		text := scalarText(share[key])
		if text == "" {
			continue
		}
		fraction, ok := fractionOf(text)
		if f, err := graph.ParseField(graph.FieldShare, fraction); !ok || err != nil || f.Empty() {
			return &records.Bad{Field: "share." + key, Found: text, Why: "not a percentage; expected a number from 0 to 100"}
		}
		part[key] = fraction
	}
	if exact := part["exact"]; exact != "" {
		x.low, x.high, x.majority = exact, exact, above(exact, "0.5")
		return nil
	}
	x.low, x.high = part["minimum"], part["maximum"]
	if x.low == "" {
		x.low = part["exclusiveMinimum"]
		x.majority = x.low == "0.5"
	}
	if x.high == "" {
		x.high = part["exclusiveMaximum"]
	}
	x.majority = x.majority || above(x.low, "0.5")
	switch {
	case x.low == "" && x.high == "":
		return nil
	case x.low == "":
		x.low = "0"
	case x.high == "":
		x.high = "1"
	}
	if above(x.low, x.high) {
		return &records.Bad{Field: "share", Found: x.low, Why: "the least is above the most, " + x.high}
	}
	return nil
}

// above reports whether a fraction is greater than another; what is none is not.
func above(a, b string) bool {
	x, err1 := graph.ParseField(graph.FieldShare, a)
	y, err2 := graph.ParseField(graph.FieldShare, b)
	return err1 == nil && err2 == nil && x.Number > y.Number
}

// inWords is the interest as a person reads it, such as "shareholding 0.25 to 0.5 (indirect)".
func (x *bodsInterest) inWords(details string) string {
	words := spaced(x.kind)
	if bodsUnknown[x.kind] {
		words = "unknown interest"
	}
	switch {
	case x.low == "":
	case x.low == x.high:
		words += " " + x.low
	default:
		words += " " + x.low + " to " + x.high
	}
	if x.indirect {
		words += " (indirect)"
	}
	if details != "" {
		words += ": " + details
	}
	return words
}

// spaced writes a code of the standard as words: boardChair as board chair.
func spaced(code string) string {
	var b strings.Builder
	for _, c := range code {
		if 'A' <= c && c <= 'Z' {
			b.WriteByte(' ')
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return b.String()
}

// begins is the day from which the interests of a statement hold; empty where one does not say.
func (s *bodsStatement) begins() string {
	first := ""
	for i, x := range s.interests {
		if x.from == "" {
			return ""
		}
		if i == 0 || x.from < first {
			first = x.from
		}
	}
	return first
}

// specified reports whether both parties are named.
func (s *bodsStatement) specified() bool { return s.subject != "" && s.party != "" }

// bodsOutput emits what records say.
type bodsOutput struct {
	*bods
	emit    records.Emit
	sources map[string]bool
}

func (o *bodsOutput) row(shape *records.Shape, s *bodsStatement, cells []string) error {
	return o.emit(&records.Row{Shape: shape, Cells: cells, Record: s.number})
}

// relationship emits the versions of a relationship, each until the next one begins.
func (o *bodsOutput) relationship(record *bodsRecord) error {
	until := "" // when what a later statement says begins
	later := false
	for i := len(record.statements) - 1; i >= 0; i-- {
		s := record.statements[i]
		if s.closed && len(s.interests) == 0 && i > 0 { // what it closes is what was said before
			before := record.statements[i-1]
			s.subject, s.party, s.interests, s.components = before.subject, before.party, before.interests, before.components
		}
		kept := s.interests
		if later {
			kept = slices.DeleteFunc(slices.Clone(kept), func(x bodsInterest) bool { return until == "" || x.from == "" || x.from >= until })
		}
		switch {
		case !s.specified():
			o.left[bodsUnspecified]++
		case len(kept) == 0:
			o.left[bodsReplaced]++
		default:
			if err := o.interests(s, kept, until); err != nil {
				return err
			}
		}
		begins := s.begins()
		if !s.specified() {
			begins = s.day
		}
		if !later || begins == "" || until != "" && begins < until {
			until = begins
		}
		later = true
	}
	return nil
}

// interests emits the interests that a statement states, those that begin on one day together.
func (o *bodsOutput) interests(s *bodsStatement, list []bodsInterest, until string) error {
	if err := o.source(s); err != nil {
		return err
	}
	list = s.counted(list, o.hasChain(s.components), until)
	var days []string
	for _, x := range list {
		if !slices.Contains(days, x.from) {
			days = append(days, x.from)
		}
	}
	slices.Sort(days)
	for _, day := range days {
		var holds, roles []bodsInterest
		for _, x := range list {
			switch {
			case x.from != day:
			case x.elsewhere, x.kind != "shareholding" && x.kind != "votingRights" && bodsControl[x.kind] == "" && !bodsUnknown[x.kind]:
				roles = append(roles, x)
			default:
				holds = append(holds, x)
			}
		}
		if err := o.owns(s, day, holds, until); err != nil {
			return err
		}
		if err := o.associated(s, day, roles, until); err != nil {
			return err
		}
	}
	return nil
}

// counted tells of each indirect interest whether it counts elsewhere: where the file has the chain, or while the party
// has a direct interest too, which its share may include. One that does for a part of its time is cut into its parts.
func (s *bodsStatement) counted(list []bodsInterest, chain bool, until string) (out []bodsInterest) {
	var direct []bodsInterest
	for _, x := range list {
		if !x.indirect {
			direct = append(direct, x)
		}
	}
	if s.closed && (until == "" || s.day < until) {
		until = s.day
	}
	for _, x := range list {
		switch {
		case !x.indirect:
			out = append(out, x)
		case chain:
			x.elsewhere = true
			out = append(out, x)
		default:
			out = append(out, x.beside(direct, until)...)
		}
	}
	return out
}

// beside cuts an interest into parts that hold while one of the direct ones does, and parts that hold alone. It is not
// cut on the day until, nor later. Where it is not stated since when it holds, the first part is not cut where a direct
// one begins.
func (x bodsInterest) beside(direct []bodsInterest, until string) (parts []bodsInterest) {
	var days []string
	for _, d := range direct {
		for i, day := range [...]string{d.from, d.to} {
			if day > x.from && (x.to == "" || day < x.to) && (until == "" || day < until) && (i == 1 || x.from != "") {
				days = append(days, day)
			}
		}
	}
	slices.Sort(days)
	for _, day := range append(slices.Compact(days), x.to) {
		part := x
		part.to = day
		part.elsewhere = slices.ContainsFunc(direct, part.overlaps)
		if last := len(parts) - 1; last >= 0 && parts[last].elsewhere == part.elsewhere {
			parts[last].to = day
		} else {
			parts = append(parts, part)
		}
		x.from = day
	}
	return parts
}

// overlaps reports whether there may be a day on which both interests hold.
func (x bodsInterest) overlaps(o bodsInterest) bool {
	return (x.to == "" || o.from < x.to) && (o.to == "" || x.from < o.to)
}

// owns emits a holding: one claim, or two where the share is a range.
func (o *bodsOutput) owns(s *bodsStatement, day string, list []bodsInterest, until string) error {
	if len(list) == 0 {
		return nil
	}
	var control, words []string
	low, high := "", decimalSum{}
	shares := 0
	for _, x := range list {
		words = append(words, x.words)
		switch {
		case bodsControl[x.kind] != "":
			control = append(control, bodsControl[x.kind])
		case x.majority && x.kind == "votingRights":
			control = append(control, "majority of voting rights")
		case x.majority && x.low == "0.5": // the share alone does not say that it is above
			control = append(control, "majority of shares")
		}
		if x.kind == "shareholding" && x.low != "" {
			shares++
			if low == "" || above(x.low, low) {
				low = x.low
			}
			high.add(x.high)
		}
	}
	most := high.String()
	if shares > 1 && !validShare(most) {
		most = "1"
	}
	claim := func(share, bound string) error {
		asserted := s.source.assertedBy
		if bound != "" {
			asserted = strings.TrimSpace(s.source.speaker() + " (" + bound + ")")
		}
		return o.row(bodsOwns, s, []string{o.nodeOf(s.party), o.nodeOf(s.subject), s.source.id, asserted, day, share, listOfWords(control),
			s.ends(list, until), s.source.basis, s.locator(), attributesOf(map[string]string{"interests": listOfWords(words)})})
	}
	if shares == 0 || low == most {
		return claim(low, "")
	}
	if err := claim(low, "at least"); err != nil {
		return err
	}
	return claim(most, "at most")
}

// validShare reports whether a decimal number can be a share.
func validShare(text string) bool {
	f, err := graph.ParseField(graph.FieldShare, text)
	return err == nil && !f.Empty()
}

// associated emits what is neither a share nor control, or counts elsewhere.
func (o *bodsOutput) associated(s *bodsStatement, day string, list []bodsInterest, until string) error {
	if len(list) == 0 {
		return nil
	}
	var roles, words []string
	for _, x := range list {
		role := spaced(x.kind)
		if bodsUnknown[x.kind] {
			role = "unknown interest"
		}
		if x.indirect {
			role += " (indirect)"
		}
		roles, words = append(roles, role), append(words, x.words)
	}
	return o.row(bodsAssociated, s, []string{o.nodeOf(s.party), o.nodeOf(s.subject), s.source.id, s.source.assertedBy, day, listOfWords(roles),
		s.ends(list, until), s.source.basis, s.locator(), attributesOf(map[string]string{"interests": listOfWords(words)})})
}

// ends is the first day on which interests no longer hold: when they all end, when the statement closes them, or when a
// later one begins, whichever is first.
func (s *bodsStatement) ends(list []bodsInterest, until string) string {
	end := ""
	for _, x := range list {
		if x.to == "" {
			end = ""
			break
		}
		end = max(end, x.to)
	}
	if end == "" && s.closed {
		end = s.day
		if from := list[0].from; from != "" && end <= from { // closed on the day on which it began
			end, _ = endOf(from, from)
		}
	}
	if until != "" && (end == "" || until < end) {
		end = until
	}
	return end
}

func (s *bodsStatement) locator() string {
	if s.id == "" {
		return ""
	}
	return "statement " + s.id
}

// listOfWords joins texts that are read by people, without repeats.
func listOfWords(list []string) string { return strings.ReplaceAll(listOf(list), ";", "; ") }

// bodsSource is where a statement comes from.
type bodsSource struct {
	id, title, publisher, url, published, accessed, assertedBy, basis string
}

func bodsSourceOf(object map[string]any) bodsSource {
	source, _ := object["source"].(map[string]any)
	s := bodsSource{publisher: textAt(object, "publicationDetails", "publisher", "name"), published: dayOf(textAt(object, "publicationDetails", "publicationDate")),
		url: textAt(source, "url"), accessed: dayOf(textAt(source, "retrievedAt")), title: textAt(source, "description")}
	var asserted, types []string
	for _, agent := range objectsAt(source, "assertedBy") {
		asserted = append(asserted, textAt(agent, "name"))
	}
	s.assertedBy = strings.ReplaceAll(listOf(asserted), ";", ", ")
	for _, one := range listOfAny(source["type"]) {
		types = append(types, scalarText(one))
	}
	for _, basis := range [...][2]string{{"officialRegister", "filing"}, {"selfDeclaration", "company"}, {"primaryResearch", "analyst"}} {
		if slices.Contains(types, basis[0]) {
			s.basis = basis[1]
			break
		}
	}
	s.id = s.url
	if s.id == "" && s.publisher != "" {
		s.id = strings.TrimSuffix(s.publisher+", "+s.published, ", ")
	}
	if s.title == "" && s.publisher != "" {
		s.title = "Beneficial ownership statements of " + s.publisher
	}
	return s
}

// speaker is who says what the statement says.
func (s *bodsSource) speaker() string {
	if s.assertedBy != "" {
		return s.assertedBy
	}
	return s.publisher
}

// source emits the source of a statement once. What several statements say differently of one address is that of the
// first.
func (o *bodsOutput) source(s *bodsStatement) error {
	x := &s.source
	if x.id == "" || o.sources[x.id] {
		return nil
	}
	o.sources[x.id] = true
	return o.row(bodsSources, s, []string{x.id, x.title, x.publisher, x.url, x.published, x.accessed, x.publisher})
}
