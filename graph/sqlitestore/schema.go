package sqlitestore

import (
	"fmt"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// table describes the SQLite table of one kind of statement.
type table struct {
	kind   graph.Kind
	name   string
	ends   []string        // columns of From, To and Product, as many as the kind has
	keys   []string        // columns of the whole key, in the order of graph.Key.Compare
	fields []graph.FieldID // one column each
}

// sharedKeys are the columns of the key that every kind has, after its ends.
var sharedKeys = []string{"dataset", "source", "asserted_by", "period", "valid_from"}

// bookColumns follow the fields: the last import that touched the row, the revision since which it reads as
// it does, and the number of its touches where the table touch lists them (NULL: the row is its only touch).
var bookColumns = []string{"import", "revision", "touches"}

var tables = func() (all [graph.NumKinds]*table) {
	ends := map[graph.Kind][]string{
		graph.KindSupplies:   {"supplier", "buyer", "product"},
		graph.KindOwns:       {"owner", "owned"},
		graph.KindMakes:      {"maker", "product"},
		graph.KindInputOf:    {"input", "product"},
		graph.KindAssociated: {"a", "b"},
		graph.KindLists:      {"authority", "listed"},
	}
	for k := range graph.Kind(graph.NumKinds) {
		t := &table{kind: k, name: k.String(), ends: ends[k], fields: graph.FieldsOf(k)}
		if t.ends == nil {
			t.ends = []string{"id"}
		}
		t.keys = append(append(t.keys, t.ends...), sharedKeys...)
		all[k] = t
	}
	return all
}()

// keyList is the columns of the key, separated by commas.
func (t *table) keyList() string { return strings.Join(t.keys, ", ") }

// create is the statement that makes the table.
func (t *table) create() string {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE %s (\n", t.name)
	for _, column := range t.keys {
		fmt.Fprintf(&b, "  %s TEXT NOT NULL,\n", column)
	}
	for _, f := range t.fields {
		fmt.Fprintf(&b, "  %s %s,\n", f, columnType(f))
	}
	fmt.Fprintf(&b, "  import INTEGER NOT NULL,\n  revision INTEGER NOT NULL,\n  touches INTEGER,\n  PRIMARY KEY (%s)\n) WITHOUT ROWID", t.keyList())
	return b.String()
}

func columnType(f graph.FieldID) string {
	if f.Spec().Type.Numeric() {
		return "REAL"
	}
	return "TEXT"
}

// anyKey are the columns of a key in the tables that hold keys of all kinds.
const (
	anyKey     = "kind, " + keyOfKind
	keyOfKind  = "from_id, to_id, product, dataset, source, asserted_by, period, valid_from"
	keyColumns = 9
)

const anyKeyColumns = `
  kind TEXT NOT NULL,
  from_id TEXT NOT NULL,
  to_id TEXT NOT NULL,
  product TEXT NOT NULL,
  dataset TEXT NOT NULL,
  source TEXT NOT NULL,
  asserted_by TEXT NOT NULL,
  period TEXT NOT NULL,
  valid_from TEXT NOT NULL,`

// bookkeeping are the tables beside those of the statements.
var bookkeeping = []string{
	`CREATE TABLE meta (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  uuid TEXT NOT NULL,
  revision INTEGER NOT NULL,
  floor INTEGER NOT NULL,
  state_version INTEGER NOT NULL
)`,
	`CREATE TABLE import (
  seq INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  dataset TEXT NOT NULL,
  status TEXT NOT NULL,
  started TEXT NOT NULL,
  finished TEXT,
  batches INTEGER NOT NULL,
  created INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  withdrawn INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  info TEXT,
  position TEXT
)`,
	`CREATE INDEX import_by_key ON import (key)`,
	`CREATE TABLE dataset (
  name TEXT NOT NULL PRIMARY KEY,
  import INTEGER NOT NULL,
  shared INTEGER NOT NULL
) WITHOUT ROWID`,
	`CREATE TABLE used_column (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (kind, name)
) WITHOUT ROWID`,
	`CREATE TABLE touch (` + anyKeyColumns + `
  n INTEGER NOT NULL,
  import INTEGER NOT NULL,
  added INTEGER NOT NULL,
  removed INTEGER,
  withdrawn INTEGER NOT NULL,
  carried INTEGER,
  patch TEXT,
  PRIMARY KEY (` + anyKey + `, n)
) WITHOUT ROWID`,
	`CREATE TABLE change (
  revision INTEGER NOT NULL,` + anyKeyColumns + `
  PRIMARY KEY (revision, ` + anyKey + `)
) WITHOUT ROWID`,
	`CREATE TABLE merge (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  canonical TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  why TEXT NOT NULL,
  at TEXT NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID`,
	`CREATE INDEX merge_by_revision ON merge (revision)`,
	`CREATE TABLE merge_history (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  canonical TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  why TEXT NOT NULL,
  at TEXT NOT NULL,
  revision INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  PRIMARY KEY (kind, id, revision)
) WITHOUT ROWID`,
	`CREATE INDEX merge_history_by_removed ON merge_history (removed)`,
	`CREATE TABLE state (
  namespace TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  value BLOB NOT NULL,
  PRIMARY KEY (namespace, key)
) WITHOUT ROWID`,
}

// applicationID marks a file as ours: "Trib" in ASCII.
const applicationID = 0x54726962

// migration brings a file from the version before it to its own.
type migration struct {
	what string // for error messages
	sql  []string
}

// migrations are all versions of the schema after the first: migrations[0] leads from 1 to 2. A new field
// of graph is a migration that adds its column:
//
//	{"the field x of supplies", []string{"ALTER TABLE supplies ADD COLUMN x REAL"}},
//
// Columns are always addressed by name, so that it does not matter that a migrated file has them in another
// order than a new one.
var migrations = []migration{
	{"the field complete_list of supplies", []string{"ALTER TABLE supplies ADD COLUMN complete_list TEXT"}},
	{"the relation lists", []string{`CREATE TABLE lists (
  authority TEXT NOT NULL,
  listed TEXT NOT NULL,
  dataset TEXT NOT NULL,
  source TEXT NOT NULL,
  asserted_by TEXT NOT NULL,
  period TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  programme TEXT,
  valid_to TEXT,
  confidence REAL,
  basis TEXT,
  stage TEXT,
  stance TEXT,
  quote TEXT,
  locator TEXT,
  attributes TEXT,
  import INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  touches INTEGER,
  PRIMARY KEY (authority, listed, dataset, source, asserted_by, period, valid_from)
) WITHOUT ROWID`}},
	{"sites", []string{`CREATE TABLE site (
  id TEXT NOT NULL,
  dataset TEXT NOT NULL,
  source TEXT NOT NULL,
  asserted_by TEXT NOT NULL,
  period TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  name TEXT,
  aliases TEXT,
  country TEXT,
  sector TEXT,
  status TEXT,
  osh TEXT,
  operator TEXT,
  region TEXT,
  place TEXT,
  address TEXT,
  processing TEXT,
  attributes TEXT,
  import INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  touches INTEGER,
  PRIMARY KEY (id, dataset, source, asserted_by, period, valid_from)
) WITHOUT ROWID`, "ALTER TABLE supplies ADD COLUMN site TEXT", "ALTER TABLE makes ADD COLUMN site TEXT"}},
	{"the field top_five_customers_share of company", []string{"ALTER TABLE company ADD COLUMN top_five_customers_share REAL"}},
}

// schemaVersion is the version of the files that this program writes, kept in PRAGMA user_version.
func schemaVersion() int { return 1 + len(migrations) }

// schema is what makes the tables of an empty file, at the present version.
func schema() (statements []string) {
	for _, t := range tables {
		statements = append(statements, t.create())
	}
	return append(statements, bookkeeping...)
}
