package formats

import (
	"slices"
	"strings"
	"testing"
)

func TestOpenSanctionsTargets(t *testing.T) {
	names, rows := table(
		"id|schema|name|aliases|birth_date|countries|addresses|identifiers|sanctions|phones|emails|program_ids|dataset|first_seen|last_seen|last_change",
		`NK-1|Company|Beispiel AG|Beispiel;"Beispiel; Söhne";"Die ""Beispiel"""||de|Musterweg 1|529900T8BM49AURSDO55;HRB 1|Russia - 2022-03-01|||XX-RUS;YY-RUS|A List;B List|2022-03-02T00:00:00|2026-01-01T00:00:00|2025-01-01T00:00:00`,
		`NK-2|Person|Erika Muster||1960-01-01|de;ch|||||||A List|||`,
		`NK-3|Vessel|MS Muster||||||Embargo||||A List|||`,
		`NK-4|Spaceship|Muster I||||||||||A List|||`,
		`NK-5|PublicBody|Amt||||||Frozen assets||||A List|||`,
		`|Company|Nobody|||||||||||||`,
		`NK-6|Company|Beispiel again||||| 529900T8BM49AURSDO55|||||A List|||`,
	)
	f, ok := Detect(names, rows)
	if !ok || f.Name != "opensanctions-simple" {
		t.Fatalf("taken for %v", f)
	}
	wantLines(t, convert(t, f.Converter(), rows),
		`company id=lei:529900T8BM49AURSDO55 name=Beispiel AG aliases=Beispiel;Beispiel, Söhne;Die "Beispiel" country=DE lei=529900T8BM49AURSDO55 source=A List, B List attributes={"identifiers":"529900T8BM49AURSDO55;HRB 1"}`,
		`lists authority=authority not named listed=lei:529900T8BM49AURSDO55 source=A List, B List programme=XX-RUS;YY-RUS quote=Russia - 2022-03-01`,
		`company id=opensanctions:NK-2 kind=person name=Erika Muster source=A List attributes={"countries":"DE;CH"}`,
		"dropped: "+dropNoCompany,
		"dropped: "+dropUnknownSchema,
		`company id=opensanctions:NK-5 kind=government name=Amt source=A List`,
		`lists authority=authority not named listed=opensanctions:NK-5 source=A List quote=Frozen assets`,
		`bad: id "": is empty; a target needs an id`,
		`company id=opensanctions:NK-6 name=Beispiel again lei=529900T8BM49AURSDO55 source=A List attributes={"identifiers":"529900T8BM49AURSDO55"}`,
	)
}

func TestSplitQuoted(t *testing.T) {
	for cell, want := range map[string][]string{
		"":                {},
		"a":               {"a"},
		"a;b":             {"a", "b"},
		`"a;b";c`:         {"a;b", "c"},
		`"a ""x""";b`:     {`a "x"`, "b"},
		`""`:              {},
		`;;a;`:            {"a"},
		`"never closes;b`: {"never closes;b"},
		`"a"tail;b`:       {"atail", "b"},
		`say "a";b`:       {`say "a"`, "b"},
	} {
		if got := splitQuoted(cell); !slices.Equal(got, want) {
			t.Errorf("%s is %q, want %q", cell, got, want)
		}
	}
}

// TestOpenSanctionsAuthorities: titles of well-known lists name the authorities that rules know; the others are noted.
func TestOpenSanctionsAuthorities(t *testing.T) {
	names, rows := table(
		"id|schema|name|aliases|birth_date|countries|addresses|identifiers|sanctions|phones|emails|program_ids|dataset|first_seen|last_seen|last_change",
		`NK-1|Company|A||||||Blocked||||"US OFAC Specially Designated Nationals (SDN) List";EU Financial Sanctions Files;US OFAC Consolidated (non-SDN) List|||`,
		`NK-2|Company|B||||||Frozen||||UK HMT/OFSI Consolidated List of Targets;UK FCDO Sanctions List|||`,
		`NK-3|Company|C||||||Frozen||||Muster List|||`,
	)
	f, _ := Detect(names, rows)
	c := f.Converter()
	wantLines(t, convert(t, c, rows),
		`company id=opensanctions:NK-1 name=A source=US OFAC Specially Designated Nationals (SDN) List, EU Financial Sanctions Files, US OFAC Consolidated (non-SDN) List`,
		`lists authority=Office of Foreign Assets Control listed=opensanctions:NK-1 source=US OFAC Specially Designated Nationals (SDN) List, EU Financial Sanctions Files, US OFAC Consolidated (non-SDN) List quote=Blocked`,
		`lists authority=Council of the European Union listed=opensanctions:NK-1 source=US OFAC Specially Designated Nationals (SDN) List, EU Financial Sanctions Files, US OFAC Consolidated (non-SDN) List quote=Blocked`,
		`company id=opensanctions:NK-2 name=B source=UK HMT/OFSI Consolidated List of Targets, UK FCDO Sanctions List`,
		`lists authority=Office of Financial Sanctions Implementation listed=opensanctions:NK-2 source=UK HMT/OFSI Consolidated List of Targets, UK FCDO Sanctions List quote=Frozen`,
		`lists authority=Foreign, Commonwealth & Development Office listed=opensanctions:NK-2 source=UK HMT/OFSI Consolidated List of Targets, UK FCDO Sanctions List quote=Frozen`,
		`company id=opensanctions:NK-3 name=C source=Muster List`,
		`lists authority=authority not named listed=opensanctions:NK-3 source=Muster List quote=Frozen`,
	)
	notes := c.(interface{ Notes() []string }).Notes()
	if len(notes) != 1 || !strings.HasPrefix(notes[0], "of 1 listed targets") || !strings.Contains(notes[0], "Muster List") {
		t.Errorf("notes: %q", notes)
	}
}
