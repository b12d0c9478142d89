package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributarygraph/tributary/graph/neo4jstore"
	"github.com/tributarygraph/tributary/graph/storetest"
)

// TestNeo4jFlags reaches a server by every way of giving a password, and with what is wrong.
func TestNeo4jFlags(t *testing.T) {
	server := storetest.Neo4j(t)
	if server.Password == "" {
		t.Skip("SKIPPED: the server takes anybody")
	}
	if err := neo4jstore.Wipe(t.Context(), server.URI, neo4jstore.Options{User: server.User, Password: server.Password}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte(server.Password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, args string
		env        []string
		code       int
		says       []string
	}{
		{name: "flags", args: "import testdata/network --rejects= --neo4j-user " + server.User + " --neo4j-password " + server.Password, says: []string{"38 created"}},
		{name: "environment", args: "suppliers 英伟达 --as-of 2025", env: []string{"TRIBUTARY_NEO4J_USER=" + server.User, "TRIBUTARY_NEO4J_PASSWORD=" + server.Password}, says: []string{"sk-hynix"}},
		{name: "file", args: "claims sk-hynix nvidia --neo4j-password-file " + file, says: []string{"SK hynix delivers 71% of the HBM3E."}},
		{name: "merge", args: "merge Acme acme-us --neo4j-password-file " + file, says: []string{"Acme is acme-us now"}},
		{name: "undo", args: "imports undo network --neo4j-password-file " + file, says: []string{"38 statements withdrawn"}},
		{name: "check", args: "check --neo4j-password-file " + file, says: []string{"everything is in order"}},
		{name: "no password", args: "stats", code: exitError, says: []string{"asks for a user and a password", "TRIBUTARY_NEO4J_PASSWORD"}},
		{name: "wrong password", args: "stats --neo4j-password wrong", code: exitError, says: []string{"refuses user", "--neo4j-user (" + server.User + ")"}},
		{name: "unknown user", args: "stats --neo4j-user nobody --neo4j-password-file " + file, code: exitError, says: []string{"refuses user \"nobody\"", "--neo4j-user (nobody)"}},
		{name: "wrong database", args: "stats --neo4j-database nowhere --neo4j-password-file " + file, code: exitError, says: []string{"nowhere"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := tributaryWith(t, "", test.env, append(strings.Fields(test.args), "--store", server.URI)...)
			if r.code != test.code {
				t.Errorf("exit code %d, want %d", r.code, test.code)
			}
			for _, words := range test.says {
				if !strings.Contains(r.out+r.err, words) {
					t.Errorf("does not say %q", words)
				}
			}
			if t.Failed() {
				t.Logf("%s\n%s", r.out, r.err)
			}
		})
	}
}
