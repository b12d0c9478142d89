package neo4jstore_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v6/neo4j"

	"github.com/tributarygraph/tributary/graph"
	"github.com/tributarygraph/tributary/graph/neo4jstore"
	"github.com/tributarygraph/tributary/graph/storetest"
)

// TestOpenErrors checks that an error tells what was tried and what to do.
func TestOpenErrors(t *testing.T) {
	server := storetest.Neo4j(t)
	right := neo4jstore.Options{User: server.User, Password: server.Password}
	with := func(change func(*neo4jstore.Options)) neo4jstore.Options {
		o := right
		change(&o)
		return o
	}
	nobody := closedPort(t)
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	for _, test := range []struct {
		name, uri string
		opts      neo4jstore.Options
		kind      error
		says      []string
	}{
		{"another scheme", "http://localhost:7474", right, graph.ErrInvalid, []string{"http://localhost:7474", "neo4j://HOST:7687"}},
		{"no scheme", "localhost:7687", right, graph.ErrInvalid, []string{"localhost:7687", "neo4j://HOST:7687"}},
		{"a password in the address", "bolt://neo4j:secret@localhost", right, graph.ErrInvalid, []string{"user and password on their own"}},
		{"nobody listens", "bolt://" + nobody, right, graph.ErrUnavailable, []string{"bolt://" + nobody, "is it running", "7687"}},
		{"nobody to ask for the cluster", "neo4j://" + nobody, right, graph.ErrUnavailable, []string{"neo4j://" + nobody, "is it running", "7687"}},
		{"an unknown host", "bolt://no-such-host.invalid:7687", right, graph.ErrUnavailable, []string{`the host "no-such-host.invalid" is not known`}},
		{"a web server", "bolt+s://" + web.Listener.Addr().String(), right, graph.ErrUnavailable, []string{"Bolt port", "7687", "TLS"}},
		{"an unknown user", server.URI, with(func(o *neo4jstore.Options) { o.User = "nobody" }), graph.ErrUnavailable, []string{`refuses user "nobody"`, "check both"}},
		{"a wrong password", server.URI, with(func(o *neo4jstore.Options) { o.Password = "wrong" }), graph.ErrUnavailable, []string{server.URI, "refuses user", "password"}},
		{"no user", server.URI, with(func(o *neo4jstore.Options) { o.User = "" }), graph.ErrUnavailable, []string{"none was given"}},
		{"an unknown database", server.URI, with(func(o *neo4jstore.Options) { o.Database = "nowhere" }), graph.ErrUnavailable, []string{`no database "nowhere"`, "SHOW DATABASES"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			store, err := neo4jstore.Open(t.Context(), test.uri, test.opts)
			if err == nil {
				store.Close()
			}
			if !errors.Is(err, test.kind) {
				t.Fatalf("error %v; want %v", err, test.kind)
			}
			for _, part := range test.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not say %q", err, part)
				}
			}
			for _, part := range []string{"secret", "ConnectivityError", "TransactionExecutionLimit"} {
				if strings.Contains(err.Error(), part) {
					t.Errorf("error %q shows %q", err, part)
				}
			}
		})
	}
}

// closedPort is an address at which nobody listens.
func closedPort(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// TestOpenRefuses checks that a database of another program or schema is left alone.
func TestOpenRefuses(t *testing.T) {
	for _, test := range []struct{ name, cypher string }{
		{"another program's companies", "CREATE (:Company {name: 'Not ours'})"},
		{"a newer schema", "CREATE (:TributaryMeta {id: 'meta', schema: 4})"},
	} {
		t.Run(test.name, func(t *testing.T) {
			open := factory(t)
			cypher(t, test.cypher, nil)
			store, err := open(t.Context())
			if err == nil {
				store.Close()
			}
			if !errors.Is(err, graph.ErrSchema) {
				t.Fatalf("error %v; want %v", err, graph.ErrSchema)
			}
			if n := cypher(t, "MATCH (n) RETURN count(n)", nil)[0][0]; n != int64(1) {
				t.Errorf("the database has %v nodes; want the one that was there", n)
			}
		})
	}
}

// TestOpenEarlier checks that a database of the version before LISTS and sites gets what it lacks.
func TestOpenEarlier(t *testing.T) {
	open := factory(t)
	again := func() {
		store, err := open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		store.Close()
	}
	again()
	uuid := cypher(t, "MATCH (m:TributaryMeta) RETURN m.uuid", nil)[0][0]
	cypher(t, "DROP CONSTRAINT tributary_LISTS_claim", nil)
	cypher(t, "DROP CONSTRAINT tributary_Site_id", nil)
	cypher(t, "MATCH (m:TributaryMeta) SET m.schema = 1", nil)
	again()
	if n := cypher(t, "SHOW CONSTRAINTS YIELD name WHERE name = 'tributary_Site_id' RETURN count(*)", nil)[0][0]; n != int64(1) {
		t.Errorf("there are %v constraints of sites", n)
	}
	if n := cypher(t, "SHOW CONSTRAINTS YIELD name WHERE name = 'tributary_LISTS_claim' RETURN count(*)", nil)[0][0]; n != int64(1) {
		t.Errorf("there are %v constraints of LISTS", n)
	}
	if row := cypher(t, "MATCH (m:TributaryMeta) RETURN m.schema, m.uuid", nil)[0]; row[0] != int64(3) || row[1] != uuid {
		t.Errorf("the schema is %v of %v; want 3 of %v", row[0], row[1], uuid)
	}
}

// TestOpenBesideOthers checks that nodes of other labels do not matter.
func TestOpenBesideOthers(t *testing.T) {
	open := factory(t)
	cypher(t, "CREATE (:Person {name: 'Ann'})-[:LIKES]->(:Thing)", nil)
	store, err := open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	store.Close()
}

// cypher runs a query as a user of the database would, and gives its rows.
func cypher(tb testing.TB, query string, params map[string]any) (rows [][]any) {
	tb.Helper()
	server := storetest.Neo4j(tb)
	driver, err := neo4j.NewDriver(server.URI, neo4j.BasicAuth(server.User, server.Password, ""))
	if err != nil {
		tb.Fatal(err)
	}
	defer driver.Close(tb.Context())
	result, err := neo4j.ExecuteQuery(tb.Context(), driver, query, params, neo4j.EagerResultTransformer)
	if err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	for _, record := range result.Records {
		rows = append(rows, record.Values)
	}
	return rows
}
