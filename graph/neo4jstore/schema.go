package neo4jstore

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/neo4j/neo4j-go-driver/v6/neo4j"

	"github.com/tributarygraph/tributary/graph"
)

// schemaVersion is the version of the graph's form that this program reads and writes.
const schemaVersion = 1

// schema are the statements that make the constraints, by name: the uniqueness of what writers rely on, and with
// it the indexes that everything is found by.
var schema = func() map[string]string {
	statements := map[string]string{
		"tributary_touch_from": "CREATE INDEX tributary_touch_from IF NOT EXISTS FOR (n:TributaryTouch) ON (n.kind, n.from)",
		"tributary_import_key": "CREATE INDEX tributary_import_key IF NOT EXISTS FOR (n:TributaryImport) ON (n.key)",
		"tributary_merge":      "CREATE INDEX tributary_merge IF NOT EXISTS FOR (n:TributaryMerge) ON (n.record)",
	}
	unique := func(pattern, label, property string) {
		name := "tributary_" + label
		statements[name] = fmt.Sprintf("CREATE CONSTRAINT %s IF NOT EXISTS FOR "+pattern+" REQUIRE %s IS UNIQUE", name, label, property)
	}
	for _, label := range []string{"Company", "Product", "Source", "Dataset", "TributaryMeta", "TributaryGate", "TributaryDataset", "TributaryTouch"} {
		unique("(n:%s)", label, "n.id")
	}
	unique("(n:%s)", "TributaryImport", "n.seq")
	unique("(n:%s)", "TributaryChange", "n.revision")
	unique("(n:%s)", "TributaryState", "(n.namespace, n.key)")
	for _, f := range forms {
		unique("()-[r:%s]-()", f.relationship, "r.claim")
	}
	return statements
}()

// prepare checks what the database holds, and makes the constraints and the meta node at its first use.
func (s *Store) prepare(ctx context.Context) error {
	known, err := s.known(ctx)
	if err != nil || known {
		return err
	}
	if err := s.makeSchema(ctx); err != nil {
		return fmt.Errorf("preparing the database: %w", err)
	}
	fresh := uuid.NewString()
	return s.write(ctx, func(tx transaction) error {
		return tx.exec(`MERGE (g:TributaryGate {id: "gate"})
			MERGE (m:TributaryMeta {id: "meta"})
			ON CREATE SET m.uuid = $uuid, m.schema = $schema, m.revision = 0, m.floor = 0, m.imports = 0`,
			map[string]any{"uuid": fresh, "schema": schemaVersion})
	})
}

// makeSchema makes what is missing of the schema.
func (s *Store) makeSchema(ctx context.Context) error {
	missing := maps.Clone(schema)
	err := s.fromLeader(ctx, func(tx transaction) error {
		return tx.each("SHOW INDEXES YIELD name", nil, func(row []any) error {
			delete(missing, text(row[0])) // a constraint has an index of its name
			return nil
		})
	})
	if err != nil || len(missing) == 0 {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		if err := s.alone(ctx, missing[name]); err != nil {
			return err
		}
	}
	return s.alone(ctx, "CALL db.awaitIndexes(300)")
}

// known reports whether the database holds a store of this schema; ErrSchema when it holds something else.
func (s *Store) known(ctx context.Context) (known bool, err error) {
	err = s.read(ctx, func(tx transaction) error {
		known = false
		return tx.each(`OPTIONAL MATCH (m:TributaryMeta) RETURN m.schema,
			EXISTS { (:Company) } OR EXISTS { (:Product) } OR EXISTS { (:Source) } OR EXISTS { (:Dataset) }`, nil,
			func(row []any) error {
				version, found := row[0].(int64)
				foreign, _ := row[1].(bool)
				switch {
				case found && version != schemaVersion:
					return errMade{fmt.Errorf("%w: the Neo4j database at %s has schema %d, and this program knows %d: use a newer program, or another database",
						graph.ErrSchema, s.target, version, schemaVersion)}
				case !found && foreign:
					return errMade{fmt.Errorf("%w: the Neo4j database at %s holds companies, products or sources of another program: use an empty database",
						graph.ErrSchema, s.target)}
				}
				known = found
				return nil
			})
	})
	return known, err
}

// alone runs a statement that must have a transaction of its own.
func (s *Store) alone(ctx context.Context, statement string) error {
	limited, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	session := s.driver.NewSession(limited, neo4j.SessionConfig{DatabaseName: s.opts.Database, BookmarkManager: s.bookmarks})
	defer session.Close(limited)
	result, err := session.Run(limited, statement, nil)
	if err == nil {
		_, err = result.Consume(limited)
	}
	if err != nil {
		return s.explain(ctx, err)
	}
	return nil
}

// Wipe deletes every node and relationship of the database, of whatever program, and keeps the constraints.
// It is for tests and for beginning anew.
func Wipe(ctx context.Context, uri string, opts Options) error {
	s, err := connect(uri, opts)
	if err != nil {
		return err
	}
	defer s.Close()
	return s.alone(ctx, "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
}
