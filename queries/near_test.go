package queries_test

import (
	"testing"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/queries"
	"github.com/tributarygraph/tributary/queries/internal/drawn"
)

// The legal form does not make names alike, and a name that another begins with is near it.
func TestNearNamesLeaveLegalFormsOut(t *testing.T) {
	v := drawn.View(t, `
		nvidia name=NVIDIA
		xai name=X.AI,Corp
		innolight name=中际旭创
		unheard name=UnheardOfChemicals
		tsmc name=TSMC`)
	for name, want := range map[string]string{"Nvdia Corp": "nvidia", "中际旭创科技股份公司": "innolight", "TSMC Nanjing Co., Ltd.": "tsmc", "UnheardOf, Inc.": "unheard"} {
		near := queries.NearNames(v, graph.KindCompany, name)
		if len(near) == 0 || v.ID(graph.KindCompany, near[0]) != want {
			t.Errorf("%s: %v, want %s", name, near, want)
		}
	}
}
