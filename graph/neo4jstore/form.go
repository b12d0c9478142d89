package neo4jstore

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/neo4j/neo4j-go-driver/v6/neo4j"

	"github.com/tributarygraph/tributary/graph"
)

// form says how the statements of a kind stand in the database. Its queries are put together from labels and
// field names once, when the program starts; nothing that a caller gives ever becomes part of a query.
type form struct {
	kind         graph.Kind
	relationship string // type of the relationships that hold the statements
	from, to     string // labels of the nodes that Key.From and Key.To name; to is empty for a node kind
	folded       []graph.FieldID

	keys, columns, detailed column // what is read of a relationship: no fields, all but the bulky ones, all

	create         string    // creates relationships with their ends: rows of [id, [[id, properties], ...]]
	createBySource string    // of a node kind: the same, from sources where create does it from datasets
	replace        string    // writes the properties of relationships anew
	remove         string    // removes relationships
	fold           string    // brings the fields on nodes up to date
	operate        []string  // of sites: brings OPERATES up to date, after fold
	scan, scanHub  [2]string // read relationships, a page of nodes or a single node at a time; by detailed
	scanRare       [2]string // reads all relationships, one a record; by detailed
	count          string    // counts them, from statistics that Neo4j keeps
	raw            string    // reads whole relationships of a page of nodes
	hits           string    // finds the claims of a page of nodes that an import wrote or did not write
	series         string    // reads the relationships of some series
}

var forms = func() (all [graph.NumKinds]*form) {
	labels := [graph.NumKinds]string{graph.KindSource: "Source", graph.KindProduct: "Product", graph.KindCompany: "Company", graph.KindSite: "Site"}
	for kind := range graph.Kind(graph.NumKinds) {
		f := &form{kind: kind, relationship: "DESCRIBES", from: labels[kind]}
		if kind.IsRelation() {
			from, to := kind.Ends()
			f.relationship, f.from, f.to = strings.ToUpper(kind.String()), labels[from], labels[to]
		} else {
			f.folded = foldedFields(kind)
		}
		fields := graph.FieldsOf(kind)
		slim := slices.DeleteFunc(slices.Clone(fields), func(id graph.FieldID) bool { return id.Spec().Details })
		f.keys, f.columns, f.detailed = columnsOf(nil), columnsOf(slim), columnsOf(fields)
		f.makeQueries()
		all[kind] = f
	}
	return all
}()

// foldedFields are the fields that also stand on the node: what a person looks for, as opposed to numbers.
func foldedFields(kind graph.Kind) (fields []graph.FieldID) {
	for _, id := range graph.FieldsOf(kind) {
		spec := id.Spec()
		if !spec.Type.Numeric() && spec.Type != graph.TypeCurrency && !spec.Details {
			fields = append(fields, id)
		}
	}
	return fields
}

// pattern matches the relationships r of the form at its node a; b is the other end.
func (f *form) pattern() string {
	if f.to == "" {
		return fmt.Sprintf("(a)<-[r:%s]-(b)", f.relationship)
	}
	return fmt.Sprintf("(a)-[r:%s]->(b)", f.relationship)
}

// within is the pattern with the label of a, which tells the node kinds apart; for lookups by claim.
func (f *form) within() string {
	return strings.Replace(f.pattern(), "(a)", "(a:"+f.from+")", 1)
}

// operate lets sites hang on the companies that they name as operators, and on no others. These relationships are for
// reading, as the fields on nodes are; the statements lie in DESCRIBES.
var operate = []string{
	`UNWIND $ids AS id MATCH (a:Site {id: id})<-[o:OPERATES]-(c:Company) WHERE coalesce(a.operator <> c.id, true)
		DELETE o WITH DISTINCT c WHERE NOT (c)--() DELETE c`,
	`UNWIND $ids AS id MATCH (a:Site {id: id}) WHERE a.operator IS NOT NULL
		MERGE (c:Company {id: a.operator}) MERGE (c)-[:OPERATES]->(a)`,
}

func (f *form) makeQueries() {
	if f.to == "" {
		const create = `UNWIND $rows AS g MERGE (b:%s {id: g[0]}) WITH b, g UNWIND g[1] AS row
			MERGE (a:%s {id: row[0]}) CREATE (b)-[r:DESCRIBES]->(a) SET r = row[1]`
		f.create = fmt.Sprintf(create, "Dataset", f.from)
		f.createBySource = fmt.Sprintf(create, "Source", f.from)
		var sets []string
		for _, id := range f.folded {
			sets = append(sets, fmt.Sprintf("a.%s = head([d IN said WHERE d.%s IS NOT NULL | d.%s])", id, id, id))
		}
		if f.kind == graph.KindSite {
			const degrees = "toFloat(split(head([d IN said WHERE d.place IS NOT NULL | d.place]), ',')[%d])"
			sets = append(sets, fmt.Sprintf("a.location = point({latitude: "+degrees+", longitude: "+degrees+"})", 0, 1))
			f.operate = operate
		}
		f.fold = fmt.Sprintf(`UNWIND $ids AS id MATCH (a:%s {id: id}) OPTIONAL MATCH %s
			WITH a, r ORDER BY r.claim WITH a, collect(r) AS said SET %s`, f.from, f.pattern(), strings.Join(sets, ", "))
	} else {
		f.create = fmt.Sprintf(`UNWIND $rows AS g MERGE (a:%s {id: g[0]}) WITH a, g UNWIND g[1] AS row
			MERGE (b:%s {id: row[0]}) CREATE (a)-[r:%s]->(b) SET r = row[1]`, f.from, f.to, f.relationship)
	}
	f.replace = fmt.Sprintf("UNWIND $rows AS row MATCH ()-[r:%s {claim: row.claim}]->() SET r = row", f.relationship)
	f.remove = fmt.Sprintf("UNWIND $claims AS claim MATCH ()-[r:%s {claim: claim}]->() DELETE r", f.relationship)
	// Properties are read all at once, and taken from the map: twice to four times as fast as one by one.
	const whole = "[b.id, properties(r)]"
	for i, c := range []column{f.columns, f.detailed} {
		f.scan[i] = fmt.Sprintf(`MATCH (a:%s) WHERE a.id > $after WITH a ORDER BY a.id LIMIT $nodes
			WITH a, COUNT { %s } AS degree
			RETURN a.id, degree, CASE WHEN degree > $hub THEN [] ELSE [x IN [%s | %s] | %s] END`,
			f.from, strings.Replace(f.pattern(), "r:", ":", 1), f.pattern(), whole, c.list)
		f.scanHub[i] = fmt.Sprintf("MATCH %s WHERE a.id = $id WITH %s AS x RETURN %s", f.within(), whole, c.list)
		f.scanRare[i] = fmt.Sprintf("MATCH %s WITH a, %s AS x RETURN a.id, %s", f.within(), whole, c.list)
	}
	f.count = strings.Replace(fmt.Sprintf("MATCH %s RETURN count(r)", f.within()), "(b)", "()", 1)
	f.raw = fmt.Sprintf(`MATCH (a:%s) WHERE a.id > $after WITH a ORDER BY a.id LIMIT $nodes
		OPTIONAL MATCH %s RETURN a.id, b.id, properties(r), EXISTS { (a)--() }`, f.from, f.pattern())
	f.hits = fmt.Sprintf(`MATCH (a:%s) WHERE a.id > $after WITH a ORDER BY a.id LIMIT $nodes
		RETURN a.id, [x IN [%s WHERE r.dataset = coalesce($dataset, r.dataset) AND r.touches IS NULL AND (r.import = $import) = $by | %s] | %s]`,
		f.from, f.pattern(), whole, f.keys.list)
	f.series = fmt.Sprintf("UNWIND $series AS series MATCH %s WHERE r.claim STARTS WITH series WITH a, %s AS x RETURN a.id, %s", f.within(), whole, f.detailed.list)
}

// column is the list of what is read of a relationship.
type column struct {
	list   string // Cypher, of x: the id of b and the properties of r
	fields []graph.FieldID
}

// The first places of a column list; the fields follow.
const (
	atTo = iota
	atProduct
	atDataset
	atSource
	atAssertedBy
	atPeriod
	atValidFrom
	atImport
	atRevision
	atTouches
	atFields
)

// keyColumns are the properties at the first places, from atProduct on.
var keyColumns = []string{"product", "dataset", "source", "asserted_by", "period", "valid_from", "import", "revision", "touches"}

func columnsOf(fields []graph.FieldID) column {
	list := "[x[0]"
	for _, name := range keyColumns {
		list += ", x[1]." + name
	}
	for _, id := range fields {
		list += ", x[1]." + id.String()
	}
	return column{list: list + "]", fields: fields}
}

// record is a relationship as it was read.
type record struct {
	graph.Stored
	touches int64 // how many touches its history has; 0 when its only touch is its own
}

// decode reads the columns of a relationship of node from.
func (f *form) decode(c column, from string, values []any) (rec record) {
	rec.Kind, rec.From = f.kind, from
	if f.to != "" {
		rec.To = text(values[atTo])
	}
	rec.Product = text(values[atProduct])
	rec.Dataset, rec.Source, rec.AssertedBy = text(values[atDataset]), text(values[atSource]), text(values[atAssertedBy])
	rec.Period = graph.Period(text(values[atPeriod]))
	if d, ok := values[atValidFrom].(neo4j.Date); ok {
		rec.ValidFrom = graph.DateOf(d.Time())
	}
	rec.Live = true
	rec.Import = integer(values[atImport])
	rec.Revision = graph.Revision(integer(values[atRevision]))
	rec.touches = integer(values[atTouches])
	stated := 0
	for _, v := range values[atFields:] {
		if v != nil {
			stated++
		}
	}
	rec.Fields = make([]graph.Field, 0, stated)
	for i, v := range values[atFields:] {
		if v != nil {
			rec.Fields = append(rec.Fields, decodeField(c.fields[i], v))
		}
	}
	return rec
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// properties are a live statement as the properties of its relationship. touches is how many touches its history has.
func properties(s *graph.Stored, touches int) map[string]any {
	p := make(map[string]any, 10+len(s.Fields))
	id := s.Key.ID()
	p["claim"] = claimOfID(id)
	p["dataset"] = s.Dataset
	p["import"] = s.Import
	p["revision"] = int64(s.Revision)
	for _, part := range [...]struct{ name, value string }{
		{"product", s.Product}, {"source", s.Source}, {"asserted_by", s.AssertedBy}, {"period", string(s.Period)},
	} {
		if part.value != "" {
			p[part.name] = part.value
		}
	}
	if s.ValidFrom != graph.NoDate {
		p["valid_from"] = neo4j.DateOf(s.ValidFrom.Time())
	}
	if touches > 0 {
		p["touches"] = int64(touches)
	}
	for _, f := range s.Fields {
		p[f.ID.String()] = encodeField(f)
	}
	p["fingerprint"] = fingerprint(s, id)
	return p
}

// fingerprint is a hash of all that a relationship says, by which [Store.Check] finds what was edited by hand. id
// is that of the statement.
func fingerprint(s *graph.Stored, id string) int64 {
	h := fnv.New64a()
	io.WriteString(h, id)
	var number [8]byte
	add := func(n uint64) {
		binary.LittleEndian.PutUint64(number[:], n)
		h.Write(number[:])
	}
	for _, f := range s.Fields {
		io.WriteString(h, f.ID.String()) // numbers of fields move when one is added
		if f.ID.Spec().Type.Numeric() {
			add(math.Float64bits(f.Number))
		} else {
			add(uint64(len(f.Text)))
			io.WriteString(h, f.Text)
		}
	}
	add(uint64(s.Import))
	add(uint64(s.Revision))
	return int64(h.Sum64())
}

// encodeField is the value as a Cypher user expects it: numbers, dates, truth values and lists are such. A text
// that is not in the canonical spelling of its type stays a text, so that it is read back as it was.
func encodeField(f graph.Field) any {
	switch t := f.ID.Spec().Type; {
	case t.Numeric():
		return f.Number
	case t == graph.TypeDate:
		if d, err := graph.ParseDate(f.Text); err == nil && d.String() == f.Text {
			return neo4j.DateOf(d.Time())
		}
	case t == graph.TypeFlag && (f.Text == "true" || f.Text == "false"):
		return f.Text == "true"
	case t == graph.TypeList:
		return strings.Split(f.Text, ";")
	}
	return f.Text
}

func decodeField(id graph.FieldID, v any) graph.Field {
	f := graph.Field{ID: id, Number: math.NaN()}
	switch v := v.(type) {
	case float64:
		f.Number = v
	case int64: // written by hand
		f.Number = float64(v)
	case string:
		f.Text = v
	case neo4j.Date:
		f.Text = v.Time().Format(time.DateOnly)
	case bool:
		f.Text = "false"
		if v {
			f.Text = "true"
		}
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = text(v[i])
		}
		f.Text = strings.Join(parts, ";")
	}
	return f
}

// Neo4j indexes texts of up to 8 KB or so. Longer ids of nodes are refused, those of claims cut.
const (
	maxNodeID  = 7000 // bytes
	maxClaim   = 4000
	cutClaimAt = 2000
)

// claimOf is the id of the statement, Key.ID(); where that is too long for an index, its beginning and a hash.
// Either way what stands before the last ~ is the same for the statements of a series and for no other.
func claimOf(key graph.Key) string { return claimOfID(key.ID()) }

func claimOfID(id string) string {
	end := strings.LastIndexByte(id, '~')
	if end <= maxClaim {
		return id
	}
	hash := sha256.Sum256([]byte(id[:end]))
	return id[:cutClaimAt] + "~~" + hex.EncodeToString(hash[:]) + id[end:]
}

// seriesOf is what the claims of the series of key begin with.
func seriesOf(key graph.Key) string { return claimOf(key.Series()) }
