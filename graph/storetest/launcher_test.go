package storetest_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributarygraph/tributary/graph/storetest"
)

// envLaunchIn makes the test program start a server in the folder that it names, and wait to be killed.
const envLaunchIn = "TRIBUTARY_TEST_LAUNCH_IN"

func TestMain(m *testing.M) {
	dir := os.Getenv(envLaunchIn)
	if dir == "" {
		os.Exit(m.Run())
	}
	server, _, err := storetest.StartNeo4j(context.Background(), dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(server.URI)
	select {}
}

// TestServerDiesWithItsProcess kills a process that started a server, and starts the server again.
func TestServerDiesWithItsProcess(t *testing.T) {
	if os.Getenv("TRIBUTARY_TEST_NEO4J_URI") != "" {
		t.Skip("SKIPPED: TRIBUTARY_TEST_NEO4J_URI names a server, none is started here")
	}
	dir := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), envLaunchIn+"="+dir)
	reason := new(strings.Builder)
	child.Stderr = reason
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	uri, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		child.Wait()
		if os.Getenv("TRIBUTARY_REQUIRE_NEO4J") == "1" {
			t.Fatalf("no server could be started: %s", reason)
		}
		t.Skipf("SKIPPED, no server could be started: %s", reason)
	}
	uri = uri[:len(uri)-1]
	child.Process.Kill()
	child.Wait()
	waitUntilClosed(t, uri)

	server, stop, err := storetest.StartNeo4j(t.Context(), dir)
	if err != nil {
		t.Fatalf("starting it again: %v", err)
	}
	if server.URI != uri {
		t.Errorf("started again at %s, want the same address %s", server.URI, uri)
	}
	startBesides(t, server)
	if err := stop(); err != nil {
		t.Error(err)
	}
	waitUntilClosed(t, uri)
	if _, err := os.Stat(filepath.Join(dir, "data")); err != nil {
		t.Errorf("the data of a stopped server: %v", err)
	}
}

// startBesides starts another server that chose the port of a running one: it gets a place of its own, and nobody
// takes one for the other.
func startBesides(t *testing.T, running storetest.Neo4jServer) {
	t.Helper()
	parsed, err := url.Parse(running.URI)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "port"), []byte(parsed.Port()), 0o600); err != nil {
		t.Fatal(err)
	}
	other, stop, err := storetest.StartNeo4j(t.Context(), dir)
	if err != nil {
		t.Fatalf("starting another server whose port is taken: %v", err)
	}
	if other.URI == running.URI {
		t.Errorf("two servers are said to be at %s", other.URI)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func waitUntilClosed(t *testing.T, uri string) {
	t.Helper()
	parsed, err := url.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	deadline := time.After(time.Minute)
	for {
		conn, err := net.Dial("tcp", parsed.Host)
		if err != nil {
			return
		}
		conn.Close()
		select {
		case <-deadline:
			t.Fatalf("%s still listens", uri)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
