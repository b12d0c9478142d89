package formats

import (
	"strings"
	"testing"
)

// statement makes a statement of BODS of a register.
func statement(record, kind, status, day, details string) string {
	return `{"statementId":"s-` + record + `-` + day + `","statementDate":"` + day + `","publicationDetails":{"publicationDate":"2024-01-31","bodsVersion":"0.4","publisher":{"name":"Register"}},` +
		`"recordId":"` + record + `","recordType":"` + kind + `","recordStatus":"` + status + `","recordDetails":{` + details + `}}`
}

func company(id, name string) string {
	return statement(id, "entity", "new", "2020-01-01", `"isComponent":false,"entityType":{"type":"registeredEntity"},"name":"`+name+`"`)
}

func TestBODSParties(t *testing.T) {
	rows := elements(t,
		statement("e1", "entity", "new", "2019-01-01", `"name":"Old Name","entityType":{"type":"registeredEntity"}`),
		statement("e1", "entity", "updated", "2021-01-01", `"entityType":{"type":"registeredEntity"},"name":"Alpha AG","alternateNames":["Alpha","Alpha AG","A; B"],"jurisdiction":{"code":"US-DE"},"foundingDate":"2001-02-03","dissolutionDate":"2023-05-06",
			"identifiers":[{"scheme":"XI-LEI","id":"529900T8BM49AURSDO55"},{"scheme":"GB-COH","id":"01"},{"schemeName":"Some number","id":"7","uri":"https://opencorporates.com/companies/gb/01"}],
			"addresses":[{"type":"registered","country":{"code":"GB"}},{"type":"business","country":{"code":"CH"}}],
			"publicListing":{"hasPublicListing":true,"securitiesListings":[{"marketIdentifierCode":"XNAS","security":{"idScheme":"isin","id":"US0378331005","ticker":"AAA"}}]}`),
		statement("e2", "entity", "new", "2020-01-01", `"entityType":{"type":"state"},"name":"Utopia","identifiers":[{"scheme":"XI-LEI","id":"529900T8BM49AURSDO55"}]`),
		statement("e3", "entity", "new", "2020-01-01", `"entityType":{"type":"anonymousEntity"}`),
		statement("p1", "person", "new", "2020-01-01", `"personType":"knownPerson","names":[{"type":"alternative","fullName":"M. Esteves"},{"type":"legal","fullName":"Maria Esteves"}],"nationalities":[{"code":"PT"}]`),
		statement("p2", "person", "new", "2020-01-01", `"personType":"anonymousPerson"`),
		statement("p3", "person", "new", "2020-01-01", `"names":["?"]`),
		statement("x", "annotation", "new", "2020-01-01", ``),
		statement("p1", "entity", "new", "2020-01-01", ``),
		`{"statementId":"s","recordId":"","recordType":"entity"}`, `{"statementId":"s","recordId":"r","recordType":"entity"}`, `3`,
		strings.Replace(company("e9", "Nine"), "2020-01-01", "2020-31-12", 2),
	)
	f, ok := Detect(nil, rows)
	if !ok || f.Name != "bods" {
		t.Fatalf("taken for %v", f)
	}
	wantLines(t, convert(t, f.Converter(), rows),
		"dropped: "+bodsOtherType,
		`bad: recordType "entity": an earlier statement says that the record p1 is person`,
		`bad: recordId "": is empty; expected the id of a record`,
		`bad: recordDetails "": is missing; expected an object`,
		`bad: is no object; expected a statement of BODS 0.4`,
		`bad: statementDate "2020-31-12": not a date; expected one such as 2024-05-11`,
		`source id=Register, 2024-01-31 title=Beneficial ownership statements of Register publisher=Register published=2024-01-31 origin=Register`,
		`company id=lei:529900T8BM49AURSDO55 name=Alpha AG aliases=Alpha;A, B country=CH jurisdiction=US status=dissolved lei=529900T8BM49AURSDO55 isin=US0378331005 ticker=XNAS:AAA opencorporates=gb/01 source=Register, 2024-01-31 attributes={"GB-COH":"01","Some number":"7","founded":"2001-02-03"}`,
		`company id=bods:e2 kind=government name=Utopia lei=529900T8BM49AURSDO55 source=Register, 2024-01-31`,
		`company id=bods:e3 kind=anonymous source=Register, 2024-01-31`,
		`company id=bods:p1 kind=person name=Maria Esteves aliases=M. Esteves country=PT source=Register, 2024-01-31`,
		`company id=bods:p2 kind=anonymous source=Register, 2024-01-31`,
		`company id=bods:p3 kind=person source=Register, 2024-01-31`,
		`left out: 1 `+bodsReplaced,
	)
}

// relationships makes the relationships of one entity, and shows what they become without the company and source.
func relationships(t *testing.T, lines ...string) (out []string) {
	t.Helper()
	rows := elements(t, append([]string{company("a", "A")}, lines...)...)
	for _, line := range convert(t, beneficialOwnership.Converter(), rows) {
		if strings.HasPrefix(line, "company ") || strings.HasPrefix(line, "source ") {
			continue
		}
		line = strings.NewReplacer(" source=Register, 2024-01-31", "", "owner=bods:b owned=bods:a", "b>a", "a=bods:b b=bods:a", "b-a").Replace(line)
		if at := strings.Index(line, " locator="); at >= 0 {
			line = line[:at]
		}
		out = append(out, line)
	}
	return out
}

func relation(record, status, day, interests string) string {
	return statement(record, "relationship", status, day, `"subject":"a","interestedParty":"b","interests":[`+interests+`]`)
}

func TestBODSInterests(t *testing.T) {
	for name, test := range map[string]struct {
		lines []string
		want  []string
	}{
		"exact, with votes and a seat": {[]string{relation("r", "new", "2020-01-01", `{"type":"shareholding","directOrIndirect":"direct","share":{"exact":60},"startDate":"2019-01-01"},
			{"type":"votingRights","share":{"exact":60.5},"startDate":"2019-01-01"},{"type":"boardChair","startDate":"2019-01-01"}`)},
			[]string{"owns b>a valid_from=2019-01-01 share=0.6 control=majority of voting rights", "associated b-a valid_from=2019-01-01 role=board chair"}},
		"half of the votes is no majority": {[]string{relation("r", "new", "2020-01-01", `{"type":"votingRights","share":{"exact":50}}`)}, []string{"owns b>a"}},
		"a range": {[]string{relation("r", "new", "2020-01-01", `{"type":"shareholding","share":{"minimum":75,"exclusiveMaximum":100}}`)},
			[]string{"owns b>a asserted_by=Register (at least) share=0.75", "owns b>a asserted_by=Register (at most) share=1"}},
		"above half": {[]string{relation("r", "new", "2020-01-01", `{"type":"shareholding","share":{"exclusiveMinimum":50,"maximum":75}}`)},
			[]string{"owns b>a asserted_by=Register (at least) share=0.5 control=majority of shares", "owns b>a asserted_by=Register (at most) share=0.75 control=majority of shares"}},
		"at most": {[]string{relation("r", "new", "2020-01-01", `{"type":"shareholding","share":{"maximum":25}}`)},
			[]string{"owns b>a asserted_by=Register (at least) share=0", "owns b>a asserted_by=Register (at most) share=0.25"}},
		"at least": {[]string{relation("r", "new", "2020-01-01", `{"type":"shareholding","share":{"minimum":25}}`)},
			[]string{"owns b>a asserted_by=Register (at least) share=0.25", "owns b>a asserted_by=Register (at most) share=1"}},
		"two classes of shares": {[]string{relation("r", "new", "2020-01-01", `{"type":"shareholding","share":{"exact":30}},{"type":"shareholding","share":{"exact":20}}`)},
			[]string{"owns b>a asserted_by=Register (at least) share=0.3", "owns b>a asserted_by=Register (at most) share=0.5"}},
		"control": {[]string{relation("r", "new", "2020-01-01", `{"type":"appointmentOfBoard"},{"type":"otherInfluenceOrControl"}`)},
			[]string{"owns b>a control=appointment of board; other influence or control"}},
		"unknown": {[]string{relation("r", "new", "2020-01-01", `{"directOrIndirect":"unknown"}`), strings.Replace(relation("r2", "new", "2020-01-01", ``), `"b"`, `"c"`, 1)},
			[]string{"owns b>a", "owns owner=bods:c owned=bods:a"}},
		"one ends, another begins": {[]string{relation("r", "new", "2020-01-01", `{"type":"shareholding","share":{"exact":40},"startDate":"2015-01-01","endDate":"2018-01-01"},{"type":"shareholding","share":{"exact":60},"startDate":"2018-01-01"}`)},
			[]string{"owns b>a valid_from=2015-01-01 share=0.4 valid_to=2018-01-01", "owns b>a valid_from=2018-01-01 share=0.6"}},
		"versions follow each other, in any order": {[]string{relation("r", "closed", "2023-03-03", ``), relation("r", "updated", "2021-09-25", `{"type":"shareholding","share":{"exact":40},"startDate":"2021-09-24"}`),
			relation("r", "new", "2019-01-20", `{"type":"shareholding","share":{"exact":100},"startDate":"2002-03-09"}`)},
			[]string{"owns b>a valid_from=2021-09-24 share=0.4 valid_to=2023-03-03", "owns b>a valid_from=2002-03-09 share=1 valid_to=2021-09-24", "left out: 1 " + bodsReplaced}},
		"a version without dates replaces": {[]string{relation("r", "new", "2019-01-20", `{"type":"shareholding","share":{"exact":100},"startDate":"2002-03-09"}`), relation("r", "updated", "2021-09-25", `{"type":"shareholding","share":{"exact":40}}`)},
			[]string{"owns b>a share=0.4", "left out: 1 " + bodsReplaced}},
		"a correction replaces": {[]string{relation("r", "new", "2019-01-20", `{"type":"shareholding","share":{"exact":100},"startDate":"2002-03-09"}`), relation("r", "updated", "2021-09-25", `{"type":"shareholding","share":{"exact":40},"startDate":"2002-03-09"}`)},
			[]string{"owns b>a valid_from=2002-03-09 share=0.4", "left out: 1 " + bodsReplaced}},
		"nobody": {[]string{statement("r", "relationship", "new", "2020-01-01", `"subject":"a","interestedParty":{"reason":"noBeneficialOwners"},"interests":[]`)}, []string{"left out: 1 " + bodsUnspecified}},
		"no longer known": {[]string{relation("r", "new", "2019-01-20", `{"type":"shareholding","share":{"exact":100},"startDate":"2002-03-09"}`), statement("r", "relationship", "updated", "2020-01-01", `"subject":"a","interestedParty":{"reason":"unknown"}`)},
			[]string{"owns b>a valid_from=2002-03-09 share=1 valid_to=2020-01-01", "left out: 1 " + bodsUnspecified}},
		"a chain counts once": {[]string{
			statement("c1", "relationship", "new", "2020-01-01", `"isComponent":true,"subject":"a","interestedParty":"m","interests":[{"type":"shareholding","share":{"exact":60}}]`),
			statement("c2", "relationship", "new", "2020-01-01", `"isComponent":true,"subject":"m","interestedParty":"b","interests":[{"type":"shareholding","share":{"exact":50}}]`),
			statement("r", "relationship", "new", "2020-01-01", `"isComponent":false,"componentRecords":["c1","c2","m"],"subject":"a","interestedParty":"b","interests":[{"type":"shareholding","directOrIndirect":"indirect","share":{"exact":30}}]`)},
			[]string{"owns owner=bods:m owned=bods:a share=0.6", "owns owner=bods:b owned=bods:m share=0.5", "associated b-a role=shareholding (indirect)"}},
		"a chain that the file does not have": {[]string{statement("r", "relationship", "new", "2020-01-01", `"componentRecords":["c1"],"subject":"a","interestedParty":"b","interests":[{"type":"shareholding","directOrIndirect":"indirect","share":{"exact":30}}]`)},
			[]string{"owns b>a share=0.3"}},
		"direct and indirect": {[]string{relation("r", "new", "2020-01-01", `{"type":"shareholding","directOrIndirect":"indirect","share":{"exact":30}},{"type":"shareholding","directOrIndirect":"direct","share":{"exact":20}}`)},
			[]string{"owns b>a share=0.2", "associated b-a role=shareholding (indirect)"}},
		"direct, then indirect": {[]string{relation("r", "new", "2020-01-01", `{"type":"shareholding","directOrIndirect":"direct","share":{"exact":30},"startDate":"2010-01-01","endDate":"2018-12-31"},
			{"type":"shareholding","directOrIndirect":"indirect","share":{"exact":80},"startDate":"2019-01-01"}`)},
			[]string{"owns b>a valid_from=2010-01-01 share=0.3 valid_to=2018-12-31", "owns b>a valid_from=2019-01-01 share=0.8"}},
		"indirect, for a time beside direct ones": {[]string{relation("r", "new", "2020-01-01", `{"type":"shareholding","directOrIndirect":"direct","share":{"exact":20},"startDate":"2012-01-01","endDate":"2015-01-01"},
			{"type":"shareholding","directOrIndirect":"direct","share":{"exact":30},"startDate":"2015-01-01","endDate":"2018-01-01"},
			{"type":"shareholding","directOrIndirect":"indirect","share":{"exact":80},"startDate":"2010-01-01"}`)},
			[]string{"owns b>a valid_from=2010-01-01 share=0.8 valid_to=2012-01-01", "owns b>a valid_from=2012-01-01 share=0.2 valid_to=2015-01-01", "associated b-a valid_from=2012-01-01 role=shareholding (indirect) valid_to=2018-01-01",
				"owns b>a valid_from=2015-01-01 share=0.3 valid_to=2018-01-01", "owns b>a valid_from=2018-01-01 share=0.8"}},
		"closed before the direct one ends": {[]string{relation("r", "closed", "2016-01-01", `{"type":"shareholding","directOrIndirect":"direct","share":{"exact":20},"endDate":"2018-01-01"},
			{"type":"shareholding","directOrIndirect":"indirect","share":{"exact":80}}`)},
			[]string{"owns b>a share=0.2 valid_to=2018-01-01", "associated b-a role=shareholding (indirect) valid_to=2016-01-01"}},
		"above the whole": {[]string{relation("r", "new", "2020-01-01", `{"type":"shareholding","share":{"exact":101}}`)},
			[]string{`bad: recordDetails.interests[0].share.exact "101": not a percentage; expected a number from 0 to 100`}},
		"bounds reversed": {[]string{relation("r", "new", "2020-01-01", `{"type":"shareholding","share":{"minimum":50,"maximum":25}}`)},
			[]string{`bad: recordDetails.interests[0].share "0.5": the least is above the most, 0.25`}},
		"dates reversed": {[]string{relation("r", "new", "2020-01-01", `{"type":"shareholding"},{"startDate":"2020-02-01","endDate":"2020-01-01"}`)},
			[]string{`bad: recordDetails.interests[1].endDate "2020-01-01": is before the startDate 2020-02-01`}},
	} {
		t.Run(name, func(t *testing.T) { wantLines(t, relationships(t, test.lines...), test.want...) })
	}
}

// TestBODSSources: who says so, and on what it rests.
func TestBODSSources(t *testing.T) {
	line := strings.Replace(relation("r", "new", "2020-01-01", `{"type":"shareholding","share":{"minimum":25,"maximum":50},"details":"25 to 50%"}`), `"recordId"`,
		`"source":{"type":["selfDeclaration","officialRegister"],"description":"PSC register","url":"https://example.org/psc","retrievedAt":"2024-02-03T10:00:00Z","assertedBy":[{"name":"Maria"},{"name":"Alpha"}]},"recordId"`, 1)
	wantLines(t, convert(t, beneficialOwnership.Converter(), elements(t, line)),
		`source id=https://example.org/psc title=PSC register publisher=Register url=https://example.org/psc published=2024-01-31 accessed=2024-02-03 origin=Register`,
		`owns owner=bods:b owned=bods:a source=https://example.org/psc asserted_by=Maria, Alpha (at least) share=0.25 basis=filing locator=statement s-r-2020-01-01 attributes={"interests":"shareholding 0.25 to 0.5: 25 to 50%"}`,
		`owns owner=bods:b owned=bods:a source=https://example.org/psc asserted_by=Maria, Alpha (at most) share=0.5 basis=filing locator=statement s-r-2020-01-01 attributes={"interests":"shareholding 0.25 to 0.5: 25 to 50%"}`,
	)
}
