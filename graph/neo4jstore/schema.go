package neo4jstore

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/neo4j/neo4j-go-driver/v6/neo4j"

	"github.com/tributarygraph/tributary/graph"
)

// schemaVersion is the version of the graph's form that this program reads and writes.
const schemaVersion = 1

// schema are the statements that make the constraints: the uniqueness of what writers rely on, and with it the
// indexes that everything is found by.
var schema = func() (statements []string) {
	unique := func(name, label, property string) {
		statements = append(statements, fmt.Sprintf("CREATE CONSTRAINT %s IF NOT EXISTS FOR (n:%s) REQUIRE %s IS UNIQUE", name, label, property))
	}
	for _, label := range []string{"Company", "Product", "Source", "Dataset", "TributaryMeta", "TributaryGate", "TributaryDataset", "TributaryTouch", "TributaryMerge"} {
		unique("tributary_"+label, label, "n.id")
	}
	unique("tributary_TributaryImport", "TributaryImport", "n.seq")
	unique("tributary_TributaryChange", "TributaryChange", "n.revision")
	unique("tributary_TributaryState", "TributaryState", "(n.namespace, n.key)")
	for _, relationship := range relationships {
		statements = append(statements, fmt.Sprintf("CREATE CONSTRAINT tributary_%s IF NOT EXISTS FOR ()-[r:%s]-() REQUIRE r.claim IS UNIQUE", relationship, relationship))
	}
	return append(statements,
		"CREATE INDEX tributary_touch_from IF NOT EXISTS FOR (n:TributaryTouch) ON (n.kind, n.from)",
		"CREATE INDEX tributary_import_key IF NOT EXISTS FOR (n:TributaryImport) ON (n.key)",
	)
}()

// prepare checks what the database holds, and makes the constraints and the meta node at its first use.
func (s *Store) prepare(ctx context.Context) error {
	known, err := s.known(ctx)
	if err != nil || known {
		return err
	}
	for _, statement := range schema {
		if err := s.alone(ctx, statement); err != nil {
			return fmt.Errorf("preparing the database: %w", err)
		}
	}
	if err := s.alone(ctx, "CALL db.awaitIndexes(300)"); err != nil {
		return err
	}
	fresh := uuid.NewString()
	return s.write(ctx, func(tx transaction) error {
		return tx.exec(`MERGE (g:TributaryGate {id: "gate"})
			MERGE (m:TributaryMeta {id: "meta"})
			ON CREATE SET m.uuid = $uuid, m.schema = $schema, m.revision = 0, m.floor = 0, m.imports = 0`,
			map[string]any{"uuid": fresh, "schema": schemaVersion})
	})
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

// relationships are the types of relationship that hold statements.
var relationships = func() (types []string) {
	for _, f := range forms {
		if !slices.Contains(types, f.relationship) {
			types = append(types, f.relationship)
		}
	}
	return types
}()
