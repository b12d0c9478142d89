package formats

import "testing"

func TestGLEIFCompanies(t *testing.T) {
	names, rows := table(
		"Registration.RegistrationStatus|LEI|Entity.LegalName|Entity.OtherEntityNames.OtherEntityName.1|Entity.OtherEntityNames.OtherEntityName.2|Entity.TransliteratedOtherEntityNames.TransliteratedOtherEntityName.1|Entity.LegalAddress.Country|Entity.HeadquartersAddress.Country|Entity.LegalJurisdiction|Entity.EntityCategory|Entity.EntityStatus|Entity.LegalForm.EntityLegalFormCode",
		"ISSUED|529900T8BM49AURSDO55|Beispiel AG|Beispiel; Söhne AG|Beispiel AG|Beispiel Soehne|DE|CH|DE|GENERAL|ACTIVE|6QQB",
		"LAPSED|5493001KJTIIGC8Y1R12|Muster Fund||||US|US|US-DE|FUND|INACTIVE|8888",
		"ISSUED|213800QILIUD4ROSUO03|City of Example||||GB|GB||RESIDENT_GOVERNMENT_ENTITY|NULL|",
		"ISSUED|213800QILIUD4ROSUO09|Union Body||||LU|LU|EU|GENERAL|ACTIVE|",
		"DUPLICATE|213800QILIUD4ROSUO04|Twice||||GB|GB|GB|GENERAL|ACTIVE|",
		"ANNULLED|213800QILIUD4ROSUO05|Never||||GB|GB|GB|GENERAL|ACTIVE|",
		"PENDING_VALIDATION|213800QILIUD4ROSUO06|Soon||||GB|GB|GB|GENERAL|ACTIVE|",
		"ISSUED||Nobody||||GB|GB|GB|GENERAL|ACTIVE|",
	)
	f, ok := Detect(names, rows)
	if !ok || f.Name != "gleif-lei" {
		t.Fatalf("taken for %v", f)
	}
	wantLines(t, convert(t, f.Converter(), rows),
		"company id=lei:529900T8BM49AURSDO55 lei=529900T8BM49AURSDO55 name=Beispiel AG aliases=Beispiel, Söhne AG;Beispiel Soehne country=CH jurisdiction=DE status=active",
		"company id=lei:5493001KJTIIGC8Y1R12 lei=5493001KJTIIGC8Y1R12 name=Muster Fund country=US jurisdiction=US kind=fund status=inactive",
		"company id=lei:213800QILIUD4ROSUO03 lei=213800QILIUD4ROSUO03 name=City of Example country=GB jurisdiction=GB kind=government",
		"company id=lei:213800QILIUD4ROSUO09 lei=213800QILIUD4ROSUO09 name=Union Body country=LU status=active",
		"dropped: "+dropDuplicateLEI,
		"dropped: "+dropInvalidLEI,
		"dropped: "+dropPendingLEI,
		`bad: LEI "": is empty; expected 20 letters and digits`,
	)
}

func TestGLEIFRelationships(t *testing.T) {
	const header = "Relationship.StartNode.NodeID|Relationship.StartNode.NodeIDType|Relationship.EndNode.NodeID|Relationship.EndNode.NodeIDType|Relationship.RelationshipType|Relationship.RelationshipStatus|" +
		"Relationship.Period.1.startDate|Relationship.Period.1.endDate|Relationship.Period.1.periodType|Relationship.Period.2.startDate|Relationship.Period.2.endDate|Relationship.Period.2.periodType|" +
		"Relationship.Quantifiers.1.QuantifierAmount|Relationship.Quantifiers.1.QuantifierUnits|Registration.RegistrationStatus|Registration.ValidationSources|Registration.ValidationDocuments|Registration.ValidationReference"
	names, rows := table(header,
		// C belongs to P by accounts, and so to U: U's record repeats the chain.
		"C|LEI|U|LEI|IS_ULTIMATELY_CONSOLIDATED_BY|ACTIVE|2015-03-01T00:00:00.000Z||RELATIONSHIP_PERIOD||||||PUBLISHED|FULLY_CORROBORATED|ACCOUNTS_FILING|",
		"C|LEI|P|LEI|IS_DIRECTLY_CONSOLIDATED_BY|ACTIVE|2020-01-01T00:00:00.000Z|2020-12-31T00:00:00.000Z|ACCOUNTING_PERIOD|2015-03-01T00:00:00.000Z||RELATIONSHIP_PERIOD|51.5|PERCENTAGE|PUBLISHED|FULLY_CORROBORATED|ACCOUNTS_FILING|https://example.org/accounts.pdf",
		"P|LEI|U|LEI|IS_DIRECTLY_CONSOLIDATED_BY|ACTIVE|||||||||PUBLISHED|||",
		// D's direct parent states no parent of its own; that of H leads round to H.
		"D|LEI|Q|LEI|IS_DIRECTLY_CONSOLIDATED_BY|ACTIVE|||||||||PUBLISHED|||",
		"D|LEI|U|LEI|IS_ULTIMATELY_CONSOLIDATED_BY|ACTIVE|||||||||PUBLISHED|||",
		"H|LEI|K|LEI|IS_DIRECTLY_CONSOLIDATED_BY|ACTIVE|||||||||PUBLISHED|||",
		"K|LEI|H|LEI|IS_DIRECTLY_CONSOLIDATED_BY|ACTIVE|||||||||PUBLISHED|||",
		"H|LEI|U|LEI|IS_ULTIMATELY_CONSOLIDATED_BY|ACTIVE|||||||||PUBLISHED|||",
		// F belonged to P while P belonged to U, as it does: what ended in 2018 repeats the chain of then.
		"F|LEI|U|LEI|IS_ULTIMATELY_CONSOLIDATED_BY|INACTIVE|2010|2018-06-30|RELATIONSHIP_PERIOD||||||LAPSED|||",
		// Of E only the ultimate parent is known.
		"E|LEI|U|LEI|IS_ULTIMATELY_CONSOLIDATED_BY|ACTIVE|||||||100.00|PERCENTAGE|PUBLISHED|ENTITY_SUPPLIED_ONLY|SUPPORTING_DOCUMENTS|",
		// F had a direct parent once: who controls it today is its ultimate parent.
		"F|LEI|P|LEI|IS_DIRECTLY_CONSOLIDATED_BY|INACTIVE|2010|2018-06-30|RELATIONSHIP_PERIOD||||||LAPSED|||",
		"F|LEI|U|LEI|IS_ULTIMATELY_CONSOLIDATED_BY|ACTIVE|||||||||PUBLISHED|||",
		"B|LEI|C|LEI|IS_INTERNATIONAL_BRANCH_OF|ACTIVE|||||||||PUBLISHED|||",
		"X|LEI|M|LEI|IS_FUND-MANAGED_BY|ACTIVE|||||||||PUBLISHED|||",
		"X|LEI|N|LEI|IS_SUBFUND_OF|ACTIVE|||||||||PUBLISHED|||",
		"X|LEI|O|LEI|IS_FEEDER_TO|ACTIVE|||||||||PUBLISHED|||",
		"G|LEI|P|LEI|IS_DIRECTLY_CONSOLIDATED_BY|INACTIVE|2010||RELATIONSHIP_PERIOD||||||LAPSED|||",
		"G|LEI|P|LEI|IS_DIRECTLY_CONSOLIDATED_BY|ACTIVE|||||||||DUPLICATE|||",
		"G|LEI|P|LEI|IS_DIRECTLY_CONSOLIDATED_BY|ACTIVE|||||||||PENDING_VALIDATION|||",
		"G|ISIN|P|LEI|IS_DIRECTLY_CONSOLIDATED_BY|ACTIVE|||||||||PUBLISHED|||",
		"G|LEI|P|LEI|IS_FRIEND_OF|ACTIVE|||||||||PUBLISHED|||",
		"|LEI|P|LEI|IS_DIRECTLY_CONSOLIDATED_BY|ACTIVE|||||||||PUBLISHED|||",
		"G|LEI|P|LEI|IS_DIRECTLY_CONSOLIDATED_BY|ACTIVE|||||||most|PERCENTAGE|PUBLISHED|||",
	)
	f, ok := Detect(names, rows)
	if !ok || f.Name != "gleif-rr" {
		t.Fatalf("taken for %v", f)
	}
	wantLines(t, convert(t, f.Converter(), rows),
		"owns owner=lei:P owned=lei:C control=accounting consolidation share=0.515 valid_from=2015-03-01 basis=filing locator=https://example.org/accounts.pdf",
		"owns owner=lei:U owned=lei:P control=accounting consolidation basis=company",
		"owns owner=lei:Q owned=lei:D control=accounting consolidation basis=company",
		"owns owner=lei:K owned=lei:H control=accounting consolidation basis=company",
		"owns owner=lei:H owned=lei:K control=accounting consolidation basis=company",
		"owns owner=lei:P owned=lei:F control=accounting consolidation valid_from=2010 valid_to=2018-06-30 basis=company",
		"owns owner=lei:C owned=lei:B control=branch share=1 basis=company",
		"associated a=lei:X b=lei:M role=fund managed by basis=company",
		"associated a=lei:X b=lei:N role=sub-fund of basis=company",
		"associated a=lei:X b=lei:O role=feeder fund to basis=company",
		"dropped: "+dropRelationEnded,
		"dropped: "+dropRelationInvalid,
		"dropped: "+dropRelationPending,
		"dropped: "+dropNodeID,
		"dropped: "+dropRelationType,
		`bad: Relationship.StartNode.NodeID "": is empty; expected an LEI`,
		`bad: Relationship.Quantifiers.1.QuantifierAmount "most": not a percentage; expected a number such as 51.5`,
		"owns owner=lei:U owned=lei:D control=ultimate accounting consolidation basis=company",
		"owns owner=lei:U owned=lei:H control=ultimate accounting consolidation basis=company",
		"owns owner=lei:U owned=lei:E control=ultimate accounting consolidation share=1 basis=company",
		"owns owner=lei:U owned=lei:F control=ultimate accounting consolidation basis=company",
		"left out: 2 "+dropUltimate,
	)
}

func TestFractions(t *testing.T) {
	for percent, want := range map[string]string{"51.5": "0.515", "100": "1", "100.00": "1", "0": "0", "7": "0.07", "33.33": "0.3333", "0.5%": "0.005", " 250 ": "2.5",
		"": "", "-3": "", "a": "", ".": "", "1e3": "", "1,5": ""} {
		if got, ok := fractionOf(percent); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v; want %q", percent, got, ok, want)
		}
	}
}
