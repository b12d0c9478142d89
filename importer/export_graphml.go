package importer

import (
	"bufio"
	"context"
	"encoding/xml"
	"fmt"
	"io"

	"github.com/tributarygraph/tributary/graph"
)

// ExportGraphML writes the folded graph for programs that draw graphs: companies, products and sites, names and
// identifiers resolved, with one edge a relation that is active under the filter. Unlike the other exports it does
// not hold the statements themselves and cannot be imported.
func ExportGraphML(ctx context.Context, v *graph.View, f graph.Filter, out io.Writer) error {
	w := &graphMLWriter{w: bufio.NewWriterSize(out, 1<<20), names: map[graph.Kind][]string{}}
	w.header()
	for _, kind := range []graph.Kind{graph.KindProduct, graph.KindCompany, graph.KindSite} {
		for n := range v.Nodes(kind) {
			w.node(v, kind, n)
		}
	}
	count := 0
	for _, kind := range graph.RelationKinds() {
		for r := range v.RelationsOf(kind) {
			if count++; count&0xFFF == 0 && ctx.Err() != nil {
				return context.Cause(ctx)
			}
			w.edge(v, kind, v.FoldRelation(r, f))
		}
	}
	w.operates(v)
	fmt.Fprint(w.w, "</graph>\n</graphml>\n")
	return w.w.Flush() // a bufio.Writer keeps its first error
}

type graphMLWriter struct {
	w     *bufio.Writer
	names map[graph.Kind][]string // of nodes inside the file: ids may hold what GraphML does not allow there
	nodes int
}

// graphMLKeys are the attributes of nodes and edges that every file declares.
var graphMLKeys = []struct{ name, of, kind string }{
	{"id", "node", "string"}, {"label", "node", "string"}, {"label_zh", "node", "string"}, {"kind", "node", "string"}, {"country", "node", "string"}, {"sector", "node", "string"}, {"latitude", "node", "double"}, {"longitude", "node", "double"},
	{"relation", "edge", "string"}, {"product", "edge", "string"}, {"confidence", "edge", "double"}, {"stage", "edge", "string"}, {"basis", "edge", "string"},
}

// graphMLNumbers are the numbers of a relation that edges carry.
var graphMLNumbers = []graph.FieldID{graph.FieldShareOfInput, graph.FieldRevenueShare, graph.FieldCostShare, graph.FieldShare, graph.FieldMarketShare,
	graph.FieldValue, graph.FieldQuantity, graph.FieldLeadTimeDays, graph.FieldInventoryDays}

// graphMLTexts are the texts of a relation that edges carry.
var graphMLTexts = []graph.FieldID{graph.FieldCurrency, graph.FieldUnit, graph.FieldOriginCountry, graph.FieldSite, graph.FieldRole, graph.FieldProgramme}

func (w *graphMLWriter) header() {
	fmt.Fprint(w.w, xml.Header, `<graphml xmlns="http://graphml.graphdrawing.org/xmlns">`, "\n")
	declare := func(name, of, kind string) {
		fmt.Fprintf(w.w, `<key id="%s_%s" for="%s" attr.name="%s" attr.type="%s"/>`+"\n", of, name, of, name, kind)
	}
	for _, k := range graphMLKeys {
		declare(k.name, k.of, k.kind)
	}
	for _, f := range graphMLNumbers {
		declare(f.String(), "edge", "double")
	}
	for _, f := range graphMLTexts {
		declare(f.String(), "edge", "string")
	}
	fmt.Fprint(w.w, `<graph edgedefault="directed">`, "\n")
}

func (w *graphMLWriter) data(of, name, value string) {
	if value == "" {
		return
	}
	fmt.Fprintf(w.w, `<data key="%s_%s">`, of, name)
	xml.EscapeText(w.w, []byte(value)) // a bufio.Writer keeps its first error
	fmt.Fprint(w.w, "</data>")
}

func (w *graphMLWriter) node(v *graph.View, kind graph.Kind, n graph.Node) {
	if w.names[kind] == nil {
		w.names[kind] = make([]string, v.NodeCount(kind))
	}
	w.names[kind][n] = fmt.Sprintf("n%d", w.nodes)
	fmt.Fprintf(w.w, `<node id="n%d">`, w.nodes)
	w.nodes++
	w.data("node", "id", v.ID(kind, n))
	w.data("node", "label", v.Name(kind, n))
	w.data("node", "label_zh", v.HanName(kind, n))
	w.data("node", "kind", kind.String())
	if kind != graph.KindProduct {
		w.data("node", "country", v.NodeText(kind, n, graph.FieldCountry))
		w.data("node", "sector", v.NodeText(kind, n, graph.FieldSector))
	}
	if kind == graph.KindSite {
		if p, ok := v.PlaceOf(n); ok {
			w.data("node", "latitude", fmt.Sprint(p.Latitude))
			w.data("node", "longitude", fmt.Sprint(p.Longitude))
		}
	}
	fmt.Fprint(w.w, "</node>\n")
}

// operates writes which company runs each site.
func (w *graphMLWriter) operates(v *graph.View) {
	for site := range v.Nodes(graph.KindSite) {
		if operator := v.OperatorOf(site); operator != graph.NoNode {
			fmt.Fprintf(w.w, `<edge source="%s" target="%s">`, w.names[graph.KindCompany][operator], w.names[graph.KindSite][site])
			w.data("edge", "relation", "operates")
			fmt.Fprint(w.w, "</edge>\n")
		}
	}
}

func (w *graphMLWriter) edge(v *graph.View, kind graph.Kind, r graph.Relation) {
	if !r.Active {
		return
	}
	fromKind, toKind := kind.Ends()
	from, to, product := v.Ends(r.Rel)
	fmt.Fprintf(w.w, `<edge source="%s" target="%s">`, w.names[fromKind][from], w.names[toKind][to])
	w.data("edge", "relation", kind.String())
	if product != graph.NoNode {
		w.data("edge", "product", v.Name(graph.KindProduct, product))
	}
	w.data("edge", "confidence", fmt.Sprint(r.Confidence))
	w.data("edge", "stage", r.Stage)
	w.data("edge", "basis", r.Basis)
	for _, f := range graphMLNumbers {
		if n, stated := r.Numbers[f]; stated {
			w.data("edge", f.String(), fmt.Sprint(n.Value))
		}
	}
	for _, f := range graphMLTexts {
		w.data("edge", f.String(), r.Texts[f])
	}
	fmt.Fprint(w.w, "</edge>\n")
}
