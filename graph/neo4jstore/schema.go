package neo4jstore

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/neo4j/neo4j-go-driver/v6/neo4j"

	"github.com/tributarygraph/tributary/graph"
)

// schemaVersion is the version of the graph's form that this program reads and writes. Version 2 brought LISTS,
// version 3 sites.
const schemaVersion = 3

// indexed is a label, or type of relationship, with the properties that it is found by.
type indexed struct{ label, properties string }

// schema are the statements that make the constraints and indexes: the uniqueness of what writers rely on, and
// what everything is found by.
var schema = func() map[indexed]string {
	statements := map[indexed]string{}
	add := func(format, pattern, label, properties string) {
		statements[indexed{label, properties}] = fmt.Sprintf(format, "tributary_"+label+"_"+strings.ReplaceAll(properties, ", ", "_"),
			fmt.Sprintf(pattern, label), "x."+strings.ReplaceAll(properties, ", ", ", x."))
	}
	const (
		unique       = "CREATE CONSTRAINT %s IF NOT EXISTS FOR %s REQUIRE (%s) IS UNIQUE"
		index        = "CREATE INDEX %s IF NOT EXISTS FOR %s ON (%s)"
		node         = "(x:%s)"
		relationship = "()-[x:%s]-()"
	)
	for _, label := range []string{"Company", "Product", "Source", "Site", "Dataset", "TributaryMeta", "TributaryGate", "TributaryDataset", "TributaryHistory"} {
		add(unique, node, label, "id")
	}
	add(unique, node, "TributaryImport", "seq")
	add(unique, node, "TributaryChange", "revision")
	add(unique, node, "TributaryState", "namespace, key")
	for _, f := range forms {
		add(unique, relationship, f.relationship, "claim")
	}
	add(index, node, "TributaryHistory", "kind, from")
	add(index, node, "TributaryImport", "key")
	add(index, node, "TributaryMerge", "record")
	return statements
}()

// prepare checks what the database holds. It makes the constraints and the meta node at its first use, and what an
// earlier version lacks.
func (s *Store) prepare(ctx context.Context) error {
	version, err := s.version(ctx)
	if err != nil || version == schemaVersion {
		return err
	}
	if err := s.makeSchema(ctx); err != nil {
		return fmt.Errorf("preparing the database: %w", err)
	}
	fresh := uuid.NewString()
	return s.write(ctx, func(tx transaction) error {
		return tx.exec(`MERGE (g:TributaryGate {id: "gate"})
			MERGE (m:TributaryMeta {id: "meta"})
			ON CREATE SET m.uuid = $uuid, m.schema = $schema, m.revision = 0, m.floor = 0, m.imports = 0, m.statements = 0
			ON MATCH SET m.schema = CASE WHEN m.schema < $schema THEN $schema ELSE m.schema END`,
			map[string]any{"uuid": fresh, "schema": schemaVersion})
	})
}

// missingSchema are the statements that make what the database lacks of the schema, in order.
func (t transaction) missingSchema() ([]string, error) {
	missing := maps.Clone(schema)
	err := t.each("SHOW INDEXES YIELD labelsOrTypes, properties, owningConstraint", nil, func(row []any) error {
		labels, _ := row[0].([]any) // none for the indexes of all labels
		properties, _ := row[1].([]any)
		if len(labels) != 1 {
			return nil
		}
		names := make([]string, len(properties))
		for i := range properties {
			names[i] = text(properties[i])
		}
		has := indexed{text(labels[0]), strings.Join(names, ", ")}
		if row[2] != nil || strings.HasPrefix(missing[has], "CREATE INDEX") { // a constraint has an index of its own
			delete(missing, has)
		}
		return nil
	})
	return slices.Sorted(maps.Values(missing)), err
}

// makeSchema makes what is missing of the schema.
func (s *Store) makeSchema(ctx context.Context) (err error) {
	var missing []string
	err = s.fromLeader(ctx, func(tx transaction) error {
		missing, err = tx.missingSchema()
		return err
	})
	if err != nil || len(missing) == 0 {
		return err
	}
	for _, statement := range missing {
		if err := s.alone(ctx, statement); err != nil {
			return err
		}
	}
	return s.alone(ctx, "CALL db.awaitIndexes(300)")
}

// version is the version of the store that the database holds; 0 when it holds none, ErrSchema when it holds
// something that this program does not know.
func (s *Store) version(ctx context.Context) (version int64, err error) {
	err = s.read(ctx, func(tx transaction) error {
		version = 0
		return tx.each(`OPTIONAL MATCH (m:TributaryMeta) RETURN m.schema,
			EXISTS { (:Company) } OR EXISTS { (:Product) } OR EXISTS { (:Source) } OR EXISTS { (:Site) } OR EXISTS { (:Dataset) }`, nil,
			func(row []any) error {
				found := false
				version, found = row[0].(int64)
				foreign, _ := row[1].(bool)
				switch {
				case found && version > schemaVersion:
					return errMade{fmt.Errorf("%w: the Neo4j database at %s has schema %d, and this program knows %d: use a newer program, or another database",
						graph.ErrSchema, s.target, version, schemaVersion)}
				case !found && foreign:
					return errMade{fmt.Errorf("%w: the Neo4j database at %s holds companies, products, sources or sites of another program: use an empty database",
						graph.ErrSchema, s.target)}
				}
				return nil
			})
	})
	return version, err
}

// alone runs a statement that must have a transaction of its own.
func (s *Store) alone(ctx context.Context, statement string) error {
	if err := s.once(ctx, neo4j.AccessModeWrite, statement); err != nil {
		return s.explain(ctx, err)
	}
	return nil
}

// once runs a statement in a transaction of its own, without trying again. The error is the driver's.
func (s *Store) once(ctx context.Context, mode neo4j.AccessMode, statement string) error {
	limited, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	session := s.session(limited, mode)
	defer session.Close(limited)
	result, err := session.Run(limited, statement, nil)
	if err == nil {
		_, err = result.Consume(limited)
	}
	return err
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
