package importer

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph"
)

// A list of facilities is told from its columns, and comes out as it went in.
func TestImportSites(t *testing.T) {
	for name, test := range map[string]struct{ file, text, want string }{
		"operator": {"", "id,name,operator,country,region,place,status\nfab-18,Fab 18,台積電,TW,Tainan;臺南市,\"23.1197, 120.2743\",active\n",
			`{"statement":"site","id":"fab-18","dataset":"d","name":"Fab 18","country":"TW","status":"active","operator":"台積電","region":"Tainan;臺南市","place":"23.1197,120.2743"}`},
		"two columns": {"", "name,operator,lat,lng\nFab 18,lei:549300kb6nk5sbd14s87,23.11970000001,120.2743\n",
			`{"statement":"site","id":"Fab 18, lei:549300KB6NK5SBD14S87","dataset":"d","name":"Fab 18","operator":"lei:549300KB6NK5SBD14S87","place":"23.1197,120.2743"}`},
		"Open Supply Hub": {"", "os_id,name,address,country,processing type\nCN2021250D1DTN7,Mill,\"Road 1, Hefei\",CN,Knitting;Dyeing\n",
			`{"statement":"site","id":"osh:CN2021250D1DTN7","dataset":"d","name":"Mill","country":"CN","osh":"CN2021250D1DTN7","address":"Road 1, Hefei","processing":"Knitting;Dyeing"}`},
		"called so": {"facilities.csv", "id,name,country,address\nf1,Works,DE,Hauptstr. 1\n",
			`{"statement":"site","id":"f1","dataset":"d","name":"Works","country":"DE","address":"Hauptstr. 1"}`},
		"named by claims": {"", "supplier,buyer,product,made at\nTSMC,Nvidia,GPU,Fab 18; osh:cn2021250d1dtn7\n",
			`{"statement":"supplies","supplier":"TSMC","buyer":"Nvidia","product":"GPU","dataset":"d","site":"Fab 18;osh:CN2021250D1DTN7"}`},
		"companies stay companies": {"", "name,country,region,address\nAcme,US,Ohio,Main St\n",
			`{"statement":"company","id":"Acme","dataset":"d","name":"Acme","country":"US","attributes":{"address":"Main St","region":"Ohio"}}`},
		"documents have addresses": {"", "title,address\nReport,https://example.org\n",
			`{"statement":"source","id":"https://example.org","dataset":"d","title":"Report","url":"https://example.org"}`},
	} {
		store := openStore(t)
		r := mustImport(t, store, Options{Dataset: "d"}, reader(test.file, test.text))
		if got := strings.TrimSpace(dump(t, store)); got != test.want {
			t.Errorf("%s: the store holds\n%s\nwant\n%s\n%v", name, got, test.want, r.Rejections)
		}
	}
}

func TestRejectedSites(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"no place":        {"id,operator,place\nf,TSMC,Hsinchu\n", "not a place"},
		"swapped":         {"id,operator,place\nf,TSMC,\"121.0,24.8\"\n", "latitude comes first"},
		"in the sea":      {"id,operator,latitude,longitude\nf,TSMC,0,0\n", "unknown place"},
		"half of it":      {"id,operator,latitude,longitude\nf,TSMC,24.8,\n", "belong together"},
		"both, different": {"id,operator,place,latitude,longitude\nf,TSMC,\"24.8,121\",24.9,121\n", "contradict place"},
		"beyond":          {"id,operator,latitude,longitude\nf,TSMC,24.8,190\n", "out of range"},
		"no id":           {"name,operator,place\nFab 18,,\"24.8,121\"\n", "which site it is"},
	} {
		r := mustImport(t, openStore(t), Options{Dataset: "d"}, reader("", test.text))
		if r.Rejected != 1 || !strings.Contains(r.Rejections[0].Reason, test.want) {
			t.Errorf("%s: %+v; want one rejection with %q", name, r.Rejections, test.want)
		}
	}
}

// An operator is a company like any other: named before or after it is described, and there as long as it is named.
func TestOperatorsAreMentions(t *testing.T) {
	store := openStore(t)
	r := mustImport(t, store, Options{Dataset: "sites"}, reader("", "id,name,operator,place\nfab,Fab,台積電,\"24.8,121\"\nmill,Mill,Mill Co,\n"))
	if r.Companies.Provisional != 2 {
		t.Errorf("mentions %+v; want two provisional operators", r.Companies)
	}
	mustImport(t, store, Options{Dataset: "companies"}, reader("", "id,name,aliases\ntsmc,TSMC,台積電\n"))
	v, err := graph.Load(context.Background(), store)
	if err != nil {
		t.Fatal(err)
	}
	operator := func(site string) string {
		n, ok := v.Find(graph.KindSite, site)
		if !ok {
			t.Fatalf("no site %s", site)
		}
		return v.ID(graph.KindCompany, v.OperatorOf(n))
	}
	if operator("fab") != "tsmc" || operator("mill") != "Mill Co" {
		t.Errorf("operators %s and %s; want tsmc and Mill Co", operator("fab"), operator("mill"))
	}
	mustImport(t, store, Options{Dataset: "sites"}, reader("", "id,name,operator\nmill,Mill,\n"))
	if v, err = v.Refresh(context.Background(), store); err != nil {
		t.Fatal(err)
	}
	if _, ok := v.Find(graph.KindCompany, "Mill Co"); ok {
		t.Error("an operator that nobody names any longer is still there")
	}
}

func TestExportSites(t *testing.T) {
	store := openStore(t)
	mustImport(t, store, Options{Dataset: "d"},
		reader("", "id,name,operator,latitude,longitude,region\nfab,Fab,TSMC,24.8,121,Hsinchu\n"),
		reader("", "id,name,operator\nbare,,\n"),
		reader("", "maker,product,site\nTSMC,wafer,fab\n"),
		reader("", "kind,record,canonical\nsite,bare,fab\n"))
	checkRoundTrip(t, store)
	v, err := graph.Load(context.Background(), store)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := ExportGraphML(context.Background(), v, graph.DefaultFilter(graph.AnyDate), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<data key="node_latitude">24.8</data>`, `<data key="edge_relation">operates</data>`, `<data key="edge_site">fab</data>`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in\n%s", want, out.String())
		}
	}
}
