package formats

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/importer/records"
)

// elements makes records of JSON, one a line.
func elements(t testing.TB, lines ...string) (rows []*records.Record) {
	t.Helper()
	for i, line := range lines {
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.UseNumber()
		r := &records.Record{Number: int64(i + 1), Line: int64(i + 1), Raw: line}
		if err := decoder.Decode(&r.Tree); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		rows = append(rows, r)
	}
	return rows
}

func convertFTM(t *testing.T, lines ...string) []string {
	t.Helper()
	rows := elements(t, lines...)
	f, ok := Detect(nil, rows[:1])
	if !ok || f.Name != "followthemoney" {
		t.Fatalf("taken for %v", f)
	}
	return convert(t, f.Converter(), rows)
}

func TestFollowTheMoneyCompanies(t *testing.T) {
	wantLines(t, convertFTM(t,
		`{"id":"c1","schema":"Company","caption":"Beispiel AG","datasets":["zz_list","a_register"],"referents":[],"properties":{"name":["BEISPIEL AG","Beispiel AG"],"alias":["Bsp; AG"],"weakAlias":["B"],"country":["ch","de"],"jurisdiction":["de"],"leiCode":["529900T8BM49AURSDO55"],"isinCode":["DE0000000001"],"registrationNumber":["HRB 2","HRB 1"],"opencorporatesUrl":["https://opencorporates.com/companies/de/HRB1"],"sector":["machines"]}}`,
		`{"id":"p1","schema":"Person","datasets":["a"],"referents":[],"properties":{"name":["Erika Muster"],"nationality":["at"]}}`,
		`{"id":"b1","schema":"PublicBody","datasets":["a"],"referents":[],"properties":{"name":["Amt"],"country":["gb-sct"],"sourceUrl":["https://example.org/amt"],"publisher":["Gazette"],"retrievedAt":["2024-03-01T10:00:00"]}}`,
		`{"id":"o1","schema":"Organization","datasets":["a"],"referents":[],"properties":{"name":["Old"],"country":["suhh","de","fr"],"dissolutionDate":["1999"],"leiCode":["529900T8BM49AURSDO56"]}}`,
		`{"id":"l1","schema":"LegalEntity","datasets":["a"],"referents":[],"properties":{"name":["Twin"],"leiCode":["529900T8BM49AURSDO55"],"parent":["c1"]}}`,
		`{"id":"s1","schema":"Security","datasets":["a"],"referents":[],"properties":{"issuer":["c1"],"isin":["DE0000000002"]}}`,
		`{"id":"s2","schema":"Security","datasets":["a"],"referents":[],"properties":{"issuer":["c1"],"isin":["DE0000000001"]}}`,
		`{"id":"s3","schema":"Security","datasets":["a"],"referents":[],"properties":{"isin":["DE0000000003"]}}`,
	),
		`company id=lei:529900T8BM49AURSDO55 name=Beispiel AG aliases=BEISPIEL AG;Bsp, AG country=DE jurisdiction=DE sector=machines lei=529900T8BM49AURSDO55 isin=DE0000000001 opencorporates=de/HRB1 source=a_register, zz_list attributes={"registrationNumber":"HRB 1;HRB 2"}`,
		`company id=opensanctions:p1 kind=person name=Erika Muster country=AT source=a`,
		`source id=https://example.org/amt title=Gazette publisher=Gazette url=https://example.org/amt accessed=2024-03-01`,
		`company id=opensanctions:b1 kind=government name=Amt country=GB source=https://example.org/amt`,
		`company id=opensanctions:o1 name=Old status=dissolved source=a attributes={"dissolutionDate":"1999"}`,
		`company id=opensanctions:l1 name=Twin lei=529900T8BM49AURSDO55 source=a`,
		"dropped: "+dropNoEnd,
		`company id=lei:529900T8BM49AURSDO55 isin=DE0000000001;DE0000000002 source=securities`,
		`owns owner=lei:529900T8BM49AURSDO55 owned=opensanctions:l1 source=a control=parent company`,
	)
}

// TestFollowTheMoneyHoldings: relations may come before their ends, end in an LEI, follow one another, or lead to things.
func TestFollowTheMoneyHoldings(t *testing.T) {
	wantLines(t, convertFTM(t,
		`{"id":"o1","schema":"Ownership","properties":{"owner":["p"],"asset":["c"],"percentage":["50"],"startDate":["2015-11-25"],"endDate":["2023-03-02"],"publisher":["R"]}}`,
		`{"id":"o2","schema":"Ownership","properties":{"owner":["p"],"asset":["c"],"percentage":["51 %"],"startDate":["2015-11-25"],"publisher":["R"]}}`,
		`{"id":"o3","schema":"Ownership","properties":{"owner":["c"],"asset":["ship"],"percentage":["100"]}}`,
		`{"id":"o4","schema":"Ownership","properties":{"owner":["c"],"asset":["elsewhere"],"percentage":["25-50"],"role":["Subsidiary of"],"startDate":["2020"],"endDate":["2020"]}}`,
		`{"id":"o5","schema":"Ownership","properties":{"owner":["c"],"asset":["d"],"percentage":["150"],"sharesCount":["7"],"role":["founder"]}}`,
		`{"id":"o6","schema":"Ownership","properties":{"owner":["c"]}}`,
		`{"id":"o7","schema":"Ownership","properties":{"owner":["c"],"asset":["d"],"startDate":["2021-05"],"endDate":["2020-01-01"]}}`,
		`{"id":"o8","schema":"Ownership","properties":{"owner":["c"],"asset":["d"],"startDate":["soon"]}}`,
		`{"id":"o1","schema":"Ownership","properties":{"owner":["p"],"asset":["c"],"percentage":["50"]}}`,
		`{"id":"d1","schema":"Directorship","properties":{"director":["p"],"organization":["c"],"role":["chair"]}}`,
		`{"id":"d2","schema":"Directorship","properties":{"director":["p"],"organization":["c"]}}`,
		`{"id":"u1","schema":"UnknownLink","properties":{"subject":["c"],"object":["d"],"role":["agent"],"date":["2022-07-01"]}}`,
		`{"id":"u2","schema":"UnknownLink","properties":{"subject":["c"],"object":["e"]}}`,
		`{"id":"ship","schema":"Vessel","properties":{"name":["MS Muster"]}}`,
		`{"id":"c","schema":"Company","properties":{"name":"Beispiel AG","leiCode":"529900T8BM49AURSDO55"}}`,
	),
		`source id=R title=R publisher=R`,
		"dropped: "+dropNoEnd,
		`bad: properties.endDate "2020-01-01": it ends before it begins on 2021-05`,
		`bad: properties.startDate "soon": not a date; expected 2024-05-11, 2024-05 or 2024`,
		"dropped: "+dropRepeated,
		"dropped: "+dropNoCompany,
		`company id=lei:529900T8BM49AURSDO55 name=Beispiel AG lei=529900T8BM49AURSDO55`,
		`owns owner=lei:529900T8BM49AURSDO55 owned=ftm:d attributes={"percentage":"150","role":"founder","sharesCount":"7"}`,
		`owns owner=lei:529900T8BM49AURSDO55 owned=ftm:elsewhere valid_from=2020 control=Subsidiary of valid_to=2021-01-01 attributes={"percentage":"25-50","role":"Subsidiary of"}`,
		`owns owner=ftm:p owned=lei:529900T8BM49AURSDO55 source=R valid_from=2015-11-25 share=0.5 valid_to=2023-03-02`,
		`owns owner=ftm:p owned=lei:529900T8BM49AURSDO55 source=R valid_from=2023-03-02 share=0.51`,
		`associated a=lei:529900T8BM49AURSDO55 b=ftm:d valid_from=2022-07-01 role=agent`,
		`associated a=lei:529900T8BM49AURSDO55 b=ftm:e role=linked`,
		`associated a=ftm:p b=lei:529900T8BM49AURSDO55 role=chair; director`,
		"left out: 1 "+dropEndNoCompany,
	)
}

// TestFollowTheMoneyListings: what several entities say of one listing is one row; topics count where no Sanction does.
func TestFollowTheMoneyListings(t *testing.T) {
	wantLines(t, convertFTM(t,
		`{"id":"s1","schema":"Sanction","properties":{"entity":["c"],"authority":["OFAC"],"program":["RUSSIA"],"startDate":["2022-03-01"],"sourceUrl":["https://example.org/sdn"],"reason":["It ships."],"authorityId":["17"],"provisions":["assets frozen"]}}`,
		`{"id":"s2","schema":"Sanction","properties":{"entity":["c"],"authority":["OFAC"],"programId":["US-IRN"],"startDate":["2022-03-01"],"endDate":["2023-01-01"],"sourceUrl":["https://example.org/sdn"]}}`,
		`{"id":"s3","schema":"Sanction","properties":{"entity":["c"],"authority":["EU"],"listingDate":["2021-01-01"],"endDate":["2024-01-01"]}}`,
		`{"id":"s4","schema":"Sanction","properties":{"entity":["c"],"publisher":["Gazette"],"status":["Expired"]}}`,
		`{"id":"s5","schema":"Sanction","properties":{"entity":["ship"],"authority":["OFAC"]}}`,
		`{"id":"s6","schema":"Sanction","properties":{"authority":["OFAC"]}}`,
		`{"id":"c","schema":"Company","properties":{"name":["C"],"topics":["sanction","role.pep"]}}`,
		`{"id":"t","schema":"Company","properties":{"name":["T"],"topics":["export.control","sanction","sanction.linked"]}}`,
		`{"id":"ship","schema":"Vessel","properties":{"name":["MS Muster"],"topics":["sanction"]}}`,
	),
		`source id=Gazette title=Gazette publisher=Gazette`,
		"dropped: "+dropNoEnd,
		`company id=ftm:c name=C attributes={"topics":"role.pep;sanction"}`,
		`company id=ftm:t name=T attributes={"topics":"export.control;sanction;sanction.linked"}`,
		"dropped: "+dropNoCompany,
		`lists authority=EU listed=ftm:c valid_from=2021-01-01 valid_to=2024-01-01 basis=regulator`,
		`lists authority=Gazette listed=ftm:c source=Gazette stage=ended basis=regulator attributes={"status":"Expired"}`,
		`lists authority=OFAC listed=ftm:c source=https://example.org/sdn valid_from=2022-03-01 programme=RUSSIA;US-IRN basis=regulator quote=It ships. locator=17 attributes={"provisions":"assets frozen"}`,
		`lists authority=authority not named listed=ftm:t programme=export.control;sanction`,
		"left out: 1 "+dropEndNoCompany,
	)
}

// TestFollowTheMoneyTrade: shipments are summed by year, awards by contract and day; a sum in which one part is unknown is
// unknown.
func TestFollowTheMoneyTrade(t *testing.T) {
	wantLines(t, convertFTM(t,
		`{"id":"e1","schema":"EconomicActivity","properties":{"sender":["a"],"receiver":["b"],"vedCode":["8542"],"vedCodeDescription":["Integrated circuits"],"goodsDescription":["chips"],"originCountry":["tw"],"date":["2021-02-03"],"invoiceAmount":["100.10"]}}`,
		`{"id":"e2","schema":"EconomicActivity","properties":{"sender":["a"],"receiver":["b"],"vedCode":["8542"],"originCountry":["tw"],"date":["2021-12-31"],"invoiceAmount":["200.20"]}}`,
		`{"id":"e3","schema":"EconomicActivity","properties":{"sender":["a"],"receiver":["b"],"vedCode":["8542"],"originCountry":["my"],"date":["2022-01-01"],"invoiceAmount":["5"]}}`,
		`{"id":"e4","schema":"EconomicActivity","properties":{"sender":["a"],"receiver":["b"],"vedCode":["8542"],"originCountry":["tw"],"date":["2022-01-02"]}}`,
		`{"id":"e5","schema":"EconomicActivity","properties":{"sender":["a"]}}`,
		`{"id":"w1","schema":"ContractAward","properties":{"supplier":["a"],"contract":["k"],"amount":["10.5"],"currency":["EUR"],"lotNumber":["2"],"date":["2020-05-01"]}}`,
		`{"id":"w2","schema":"ContractAward","properties":{"supplier":["a"],"contract":["k"],"amount":["0.5"],"currency":["EUR"],"lotNumber":["1"],"date":["2020-05-01"]}}`,
		`{"id":"w3","schema":"ContractAward","properties":{"supplier":["b"],"contract":["k"],"amount":["7"],"currency":["EUR"],"date":["2020-05-01"]}}`,
		`{"id":"w4","schema":"ContractAward","properties":{"supplier":["b"],"contract":["k"],"date":["2020-05-01"]}}`,
		`{"id":"w5","schema":"ContractAward","properties":{"supplier":["b"],"contract":["nowhere"]}}`,
		`{"id":"w6","schema":"ContractAward","properties":{"supplier":["b"]}}`,
		`{"id":"k","schema":"Contract","properties":{"title":["Wafers for the Amt"],"authority":["amt"]}}`,
		`{"id":"x1","schema":"Payment","properties":{"payer":["a"],"beneficiary":["b"]}}`,
		`{"id":"x2","schema":"Family","properties":{"person":["a"],"relative":["b"]}}`,
		`{"id":"x3","schema":"Address","properties":{"full":["Musterweg 1"]}}`,
		`{"id":"x4","schema":"Spaceship","properties":{}}`,
		`{"id":"","schema":"Company","properties":{}}`,
		`{"id":"x5","schema":"","properties":{}}`,
		`{"id":"x6","schema":"Company","properties":[]}`,
		`[]`,
	),
		"dropped: "+dropNoEnd,
		"dropped: "+dropNoEnd,
		"dropped: "+dropPayment,
		"dropped: "+dropPersonal,
		"dropped: "+dropDocument,
		"dropped: "+dropUnknownSchema,
		`bad: id "": is empty; an entity needs an id`,
		`bad: schema "": is empty; expected one such as Company or Ownership`,
		`bad: properties "": is no object; expected names with lists of values`,
		`bad: is no object; expected an entity with id, schema and properties`,
		`product id=hs:8542 name=Integrated circuits code=8542`,
		`supplies supplier=ftm:a buyer=ftm:b product=hs:8542 period=2021 origin_country=TW basis=customs quote=chips attributes={"invoiceAmount":"300.3","shipments":"2"}`,
		`supplies supplier=ftm:a buyer=ftm:b product=hs:8542 period=2022 basis=customs attributes={"shipments":"2"}`,
		`supplies supplier=ftm:a buyer=ftm:amt source=ftm:k valid_from=2020-05-01 value=11 currency=EUR basis=company quote=Wafers for the Amt locator=lot 1, 2 attributes={"awards":"2"}`,
		`supplies supplier=ftm:b buyer=ftm:amt source=ftm:k valid_from=2020-05-01 basis=company quote=Wafers for the Amt attributes={"awards":"2"}`,
		"left out: 1 "+dropNoContract,
	)
}

// TestFollowTheMoneyNested: an entity within another counts once, wherever and how often it stands.
func TestFollowTheMoneyNested(t *testing.T) {
	wantLines(t, convertFTM(t,
		`{"id":"c","schema":"Company","datasets":["d"],"properties":{"name":["C"],"sanctions":[{"id":"s","schema":"Sanction","properties":{"authority":["EU"]}}],
		  "ownershipAsset":[{"id":"o","schema":"Ownership","properties":{"percentage":["30"],"owner":[{"id":"p","schema":"Person","properties":{"name":["Erika"]}}]}}],
		  "addressEntity":[{"id":"a","schema":"Address","properties":{"full":["Musterweg 1"]}}]}}`,
		`{"id":"p","schema":"Person","datasets":["d"],"properties":{"name":["Erika Muster"],"ownershipOwner":[{"id":"o","schema":"Ownership","properties":{"percentage":["30"],"asset":[{"id":"c","schema":"Company","properties":{"name":["C"]}}]}}]}}`,
		`{"id":"q","schema":"Company","datasets":["d"],"properties":{"name":["Q"],"unknownLinkTo":[{"id":"u","schema":"UnknownLink","properties":{"object":[{"id":"z","schema":"Company","properties":{"name":["Z"]}}]}}]}}`,
		`{"id":"o","schema":"Ownership","datasets":["d"],"properties":{"owner":["p"],"asset":["c"],"percentage":["30"]}}`,
	),
		`company id=ftm:c name=C source=d`,
		`company id=ftm:p kind=person name=Erika Muster source=d`,
		`company id=ftm:q name=Q source=d`,
		`company id=ftm:z name=Z source=d`,
		`owns owner=ftm:p owned=ftm:c source=d share=0.3`,
		`associated a=ftm:q b=ftm:z source=d role=linked`,
		`lists authority=EU listed=ftm:c source=d basis=regulator`,
	)
}

// TestOrderOfEntitiesDoesNotMatter: relations first, or last, the rows are the same.
func TestOrderOfEntitiesDoesNotMatter(t *testing.T) {
	lines := []string{
		`{"id":"a","schema":"Company","properties":{"name":["A"],"topics":["sanction"]}}`,
		`{"id":"b","schema":"Company","properties":{"name":["B"],"leiCode":["529900T8BM49AURSDO55"]}}`,
		`{"id":"o","schema":"Ownership","properties":{"owner":["a"],"asset":["b"],"percentage":["30"]}}`,
		`{"id":"s","schema":"Sanction","properties":{"entity":["b"],"authority":["EU"],"program":["X"]}}`,
		`{"id":"s2","schema":"Sanction","properties":{"entity":["b"],"authority":["EU"],"program":["Y"],"endDate":["2020-01-01"]}}`,
		`{"id":"k","schema":"Contract","properties":{"title":["K"],"authority":["a"]}}`,
		`{"id":"w","schema":"ContractAward","properties":{"supplier":["b"],"contract":["k"],"amount":["1"],"currency":["USD"]}}`,
	}
	want := convertFTM(t, lines...)
	for shift := range lines {
		got := convertFTM(t, append(append([]string{}, lines[shift:]...), lines[:shift]...)...)
		if sorted(got) != sorted(want) {
			t.Errorf("from line %d on:\n%s\nwant\n%s", shift+1, sorted(got), sorted(want))
		}
	}
}

// TestFollowTheMoneySchemes: entities of two publishers in one file keep the ids that each has alone; what is only named
// is taken for one of the first entity's publisher.
func TestFollowTheMoneySchemes(t *testing.T) {
	wantLines(t, convertFTM(t,
		`{"id":"a","schema":"Company","properties":{"name":["A"]}}`,
		`{"id":"NK-b","caption":"B","schema":"Company","referents":[],"datasets":["x"],"properties":{"name":["B"]}}`,
		`{"id":"o1","schema":"Ownership","properties":{"owner":["a"],"asset":["NK-b"],"percentage":["60"]}}`,
		`{"id":"o2","schema":"Ownership","properties":{"owner":["elsewhere"],"asset":["a"],"percentage":["10"]}}`,
	),
		`company id=ftm:a name=A`,
		`company id=opensanctions:NK-b name=B source=x`,
		`owns owner=ftm:a owned=opensanctions:NK-b share=0.6`,
		`owns owner=ftm:elsewhere owned=ftm:a share=0.1`,
	)
}
