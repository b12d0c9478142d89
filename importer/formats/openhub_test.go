package formats

import "testing"

func TestOpenSupplyHub(t *testing.T) {
	names, rows := table("os_id|contribution_date|name|address|country_code|country_name|lat|lng|sector|number_of_workers|parent_company|processing_type_facility_type_raw|facility_type|processing_type|product_type|is_closed|claim_name_in_native_language",
		"BD2020052SV22HT|2020-02-21|Mill One|Road 1, Dhaka|BD|Bangladesh|23.7|90.4|Apparel/Textile|100-200|Alpha/Group/Beta/alpha|x|Factory|Dyeing/Knitting|Shirts/Socks|False|",
		"CN2021250D1DTN7|2021-09-07|Works|West Road, Hefei|CN|China|0.0|0.000|Electronics||||||| True |合肥工厂/Works",
		"CN2021250D1DTN8|2021-09-07|Works|East Road, Hefei|CN|China|||Electronics||||x, y/z||||",
		"XX|2021-09-07|Works|A|QQ||||Electronics||||||||",
		"XX|2021-09-07||A|CN||||Electronics||||||||",
		"XX|2021-09-07|Works|A|||||Electronics||||||||",
		"XX|2021-09-07|Works|A||Viet Nam|1||Electronics||||||||",
	)
	for _, r := range rows {
		for i, cell := range r.Cells {
			r.Cells[i] = bars(cell)
		}
		r.Cells = r.Cells[:len(names)]
	}
	f, ok := Detect(names, rows)
	if !ok || f.Name != "open-supply-hub" {
		t.Fatalf("taken for %v", f)
	}
	rows[0].Cells[10] = "Alpha|Group|Beta|alpha" // named twice, in two cases
	wantLines(t, convert(t, f.Converter(), rows),
		`site id=osh:BD2020052SV22HT name=Mill One operator=Alpha country=BD place=23.7,90.4 address=Road 1, Dhaka processing=Dyeing;Knitting;Factory sector=Apparel; Textile osh=BD2020052SV22HT attributes={"number_of_workers":"100-200","parent_companies":"Alpha;Group;Beta;alpha","product_type":"Shirts;Socks"}`,
		`company id=Works, CN name=Works aliases=合肥工厂 country=CN`,
		`site id=osh:CN2021250D1DTN7 name=Works aliases=合肥工厂 operator=Works, CN country=CN address=West Road, Hefei sector=Electronics status=closed osh=CN2021250D1DTN7`,
		`company id=Works, CN name=Works country=CN`,
		`site id=osh:CN2021250D1DTN8 name=Works operator=Works, CN country=CN address=East Road, Hefei processing=x, y;z sector=Electronics osh=CN2021250D1DTN8`,
		`bad: country_code "QQ": not a country; expected a code of ISO 3166-1 such as BD, or a name such as Bangladesh`,
		`bad: name "": is empty; a facility needs a name`,
		`bad: country "": is empty; expected a code of ISO 3166-1 such as BD, or a name such as Bangladesh`,
		`bad: lat "1": lat and lng belong together; fill both or neither`,
	)
}

// bars makes vertical bars of slashes, since the tables of these tests have bars between cells.
func bars(cell string) string {
	out := []byte(cell)
	for i, c := range out {
		if c == '/' {
			out[i] = '|'
		}
	}
	return string(out)
}

func TestFacilityLists(t *testing.T) {
	names, rows := table("country|name|address|sector|lat|lng|parent_company|native_language_name",
		"CHINA|Works Co.  Ltd|No. 1 Road, Hefei|Apparel|31.8|117.2||",
		"viet nam|Mill|Road 2|Apparel|||Alpha Group|Nhà máy",
		"US|Mill|Road 2|Apparel|||Alpha Group|",
		"Atlantis|Mill|Road 2|Apparel||||",
		"US|Mill||Apparel||||",
	)
	f, ok := Detect(names, rows)
	if !ok || f.Name != "facility-list" {
		t.Fatalf("taken for %v", f)
	}
	wantLines(t, convert(t, f.Converter(), rows),
		"company id=Works Co. Ltd, CN name=Works Co. Ltd country=CN",
		"site id=Works Co. Ltd, No. 1 Road, Hefei, CN name=Works Co. Ltd operator=Works Co. Ltd, CN country=CN place=31.8,117.2 address=No. 1 Road, Hefei sector=Apparel",
		"site id=Mill, Road 2, VN name=Mill aliases=Nhà máy operator=Alpha Group country=VN address=Road 2 sector=Apparel",
		"site id=Mill, Road 2, US name=Mill operator=Alpha Group country=US address=Road 2 sector=Apparel",
		`bad: country "Atlantis": not a country; expected a code of ISO 3166-1 such as BD, or a name such as Bangladesh`,
		`bad: address "": is empty; without os_id and address nothing tells which facility it is`,
	)
	// Lists of one's own, in columns of docs/importing.md, are none of these.
	for _, header := range []string{"country|name|address|sector", "id|country|name|address|sector|lat|lng", "name|operator|country|address|sector|lat|lng", "os_id|name|address|country|processing type"} {
		names, rows := table(header, "")
		if f, ok := Detect(names, rows); ok {
			t.Errorf("%s is taken for %s", header, f.Name)
		}
	}
}
