// Package neo4jstore keeps a graph in Neo4j 5.26 or newer. It implements [graph.Store] and [graph.State].
//
// What a Cypher user sees is the graph; docs/neo4j.md shows it with queries:
//
//	(:Company)-[:SUPPLIES|OWNS|ASSOCIATED|LISTS {claim, dataset, source, ...}]->(:Company)
//	(:Company)-[:MAKES {...}]->(:Product)
//	(:Product)-[:INPUT_OF {...}]->(:Product)
//	(:Source|Dataset)-[:DESCRIBES {...}]->(:Company|Product|Source|Site)
//	(:Company)-[:OPERATES]->(:Site)
//
// Each relationship is one live statement: its property claim is the statement's id, the other properties are
// the rest of its key and its fields. A DESCRIBES relationship is what a source says of a node; it comes from
// the dataset where the statement cites no source. On the node itself stand, for reading only, the fields that
// people look for (name, aliases, country, ...), each from the first statement by claim id that states it; so do
// the location of a site, as a point, and OPERATES.
//
// What the program must remember beside the graph stands in nodes whose label begins with Tributary:
//
//   - TributaryMeta, one: which store this is, its revision and schema. Each write begins by locking it, so that
//     writes happen one after the other. TributaryGate, one: each write ends by locking it, so that readers can
//     wait until a commit is wholly visible.
//   - TributaryImport, one an import, and TributaryDataset, one a dataset: which import was its first.
//   - TributaryHistory, one a statement that more than one import wrote, or that was withdrawn or undone: what
//     each did, and when. A statement that was written once has none: its relationship tells it all.
//   - TributaryChange, one a batch: the ids of the statements that it changed.
//   - TributaryMerge: decisions about sameness, present and past.
//   - TributaryState: application state.
package neo4jstore
