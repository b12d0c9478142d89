package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph/neo4jstore"
	"github.com/tributarygraph/tributary/graph/storetest"
)

// stopping is a Neo4j that a test stops and starts again, with its data.
type stopping struct {
	t      *testing.T
	dir    string
	server storetest.Neo4jServer
	stop   func() error       // in order
	kill   context.CancelFunc // at once
}

func newStopping(t *testing.T) *stopping {
	s := &stopping{t: t, dir: t.TempDir()}
	if err := s.start(); err != nil {
		if os.Getenv("TRIBUTARY_REQUIRE_NEO4J") == "1" {
			t.Fatal(err)
		}
		t.Skipf("SKIPPED, no server could be started: %v", err)
	}
	return s
}

func (s *stopping) start() (err error) {
	life, kill := context.WithCancel(s.t.Context())
	s.kill = kill
	s.server, s.stop, err = storetest.StartNeo4j(life, s.dir)
	return err
}

func (s *stopping) startAgain() {
	s.t.Helper()
	if err := s.start(); err != nil {
		s.t.Fatal(err)
	}
}

// options reach the server.
func (s *stopping) options() neo4jstore.Options {
	return neo4jstore.Options{User: s.server.User, Password: s.server.Password}
}

// TestNeo4jStops stops the server in the middle of an import, and under a server of the API.
func TestNeo4jStops(t *testing.T) {
	neo4j := newStopping(t)
	k := newKilling(t, 8000, 250)
	k.store = neo4j.server.URI
	k.env = []string{"TRIBUTARY_NEO4J_USER=" + neo4j.server.User, "TRIBUTARY_NEO4J_PASSWORD=" + neo4j.server.Password}
	k.undisturbed()
	if err := neo4jstore.Wipe(t.Context(), neo4j.server.URI, neo4j.options()); err != nil {
		t.Fatal(err)
	}
	t.Run("import", func(t *testing.T) { importStopped(k, neo4j) })
	t.Run("serve", func(t *testing.T) { serveStopped(t, neo4j) })
}

// importStopped imports while the server stops: the error says how to go on, and that is true.
func importStopped(k *killing, neo4j *stopping) {
	importing := k.command(k.importArgs()...)
	var errs bytes.Buffer
	importing.Stderr = &errs
	if err := importing.Start(); err != nil {
		k.t.Fatal(err)
	}
	neo4j.awaitBatches(3)
	if err := neo4j.stop(); err != nil {
		k.t.Fatal(err)
	}
	if err := importing.Wait(); err == nil {
		k.t.Fatal("the import was over before the server stopped")
	}
	for _, words := range []string{"the import stopped", "importing the same again goes on where it stopped", "Neo4j at " + k.store, "is it running"} {
		if !strings.Contains(errs.String(), words) {
			k.t.Errorf("the import does not say %q:\n%s", words, &errs)
		}
	}
	neo4j.startAgain()
	k.verify(1, "the server was stopped")
}

// awaitBatches waits until an import has committed some batches.
func (s *stopping) awaitBatches(some int) {
	s.t.Helper()
	store, err := neo4jstore.Open(s.t.Context(), s.server.URI, s.options())
	if err != nil {
		s.t.Fatal(err)
	}
	defer store.Close()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); {
		imports, err := store.Imports(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		if len(imports) > 0 && imports[0].Batches >= some {
			return
		}
	}
	s.t.Fatalf("the import does not come to %d batches", some)
}

// serveStopped asks the API while the server is gone, and after it is back.
func serveStopped(t *testing.T, neo4j *stopping) {
	s := serve(t, "--store", neo4j.server.URI, "--neo4j-user", neo4j.server.User, "--neo4j-password", neo4j.server.Password)
	defer s.end()
	before := s.pages("/v1/companies/C0000053/suppliers?as_of=any")
	neo4j.kill()
	if r := s.awaitReadiness("degraded"); r.Store != "unreachable" || !strings.Contains(r.StoreError, "is it running") {
		t.Errorf("readyz without Neo4j: %+v", r)
	}
	after := s.pages("/v1/companies/C0000053/suppliers?as_of=any")
	if len(before["items"].([]any)) == 0 || len(after["items"].([]any)) != len(before["items"].([]any)) {
		t.Errorf("suppliers without Neo4j: %v; with it %v", after["items"], before["items"])
	}
	neo4j.startAgain()
	if r := s.awaitReadiness("ready"); r.Store != "reachable" || r.StoreError != "" {
		t.Errorf("readyz with Neo4j again: %+v", r)
	}
}

// readiness is what /readyz says.
type readiness struct {
	Status, Store string
	StoreError    string `json:"store_error"`
}

// awaitReadiness asks /readyz until it gives the status.
func (s *served) awaitReadiness(status string) (r readiness) {
	s.t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); {
		r = readiness{}
		if s.get("/readyz", &r); r.Status == status {
			return r
		}
	}
	s.t.Fatalf("/readyz never says %s: %+v", status, r)
	return r
}
